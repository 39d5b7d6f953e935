//! How much a question may cost.

use serde::{Deserialize, Serialize};

/// How much a question may cost. What goes beyond ends in a refusal, never in half an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryLimits {
    /// Seconds until the answer must be there.
    pub seconds: u32,
    /// MiB that sorting, grouping and joining may take, and that the answer may be.
    pub memory_mib: u32,
    /// Rows of the answer.
    pub rows: u32,
}

impl Default for QueryLimits {
    fn default() -> Self {
        Self {
            seconds: 30,
            memory_mib: 512,
            rows: 1_000_000,
        }
    }
}

impl QueryLimits {
    /// The memory in bytes.
    pub(crate) fn memory(&self) -> usize {
        self.memory_mib as usize * 1024 * 1024
    }
}
