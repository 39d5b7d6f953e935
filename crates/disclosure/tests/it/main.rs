//! Rounding, what may leave, and the attack that tries to undo it.

mod audit_threshold;
mod audit_world;
mod certificate;
mod release;
mod rounding;
