//! Queue formulas: whether a list grows, how long clearing it takes, what capacity would bring it to the norm, and
//! whether a list rolled forward arrives at its end.
//!
//! Owns the formulas, times in weeks. Those of [`Queue`] are a hint for a conversation, no norm. (The NHSRwaitinglist package they
//! come from mixes days and weeks and counts one referral too many; this does not.)

/// What is known of one waiting list over a period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Queue {
    /// New referrals per week.
    pub instroom: f64,
    /// Leaving the list per week, by starting or by withdrawal.
    pub uitstroom: f64,
    /// Waiting at the end.
    pub wachtend: f64,
    /// The norm in weeks.
    pub norm: f64,
}

/// With a mean wait of a quarter of the norm, an exponential wait exceeds the norm in 1.8 % of the cases.
const FACTOR: f64 = 4.0;
/// Weeks in which a list that is too long should be back at its target.
const RECOVERY: f64 = 26.0;

impl Queue {
    /// Instroom / uitstroom: above 1 the list grows.
    pub fn load(&self) -> Option<f64> {
        (self.uitstroom > 0.0).then(|| self.instroom / self.uitstroom)
    }

    /// Weeks in which the list would be empty if nobody were added.
    pub fn clearing_time(&self) -> Option<f64> {
        (self.uitstroom > 0.0).then(|| self.wachtend / self.uitstroom)
    }

    /// The length of list that fits the norm.
    pub fn norm_queue(&self) -> f64 {
        self.instroom * self.norm / FACTOR
    }

    /// Starts per week that bring the list to that length in half a year; only where it is more than twice as long.
    pub fn catch_up_capacity(&self) -> Option<f64> {
        let target = self.norm_queue();
        (self.wachtend > 2.0 * target).then(|| self.instroom + (self.wachtend - target) / RECOVERY)
    }
}

/// A waiting list over a period, as NHS England rolls its referral to treatment list forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingRoll {
    /// Waiting at the end of the day before the period.
    pub begin: i64,
    /// Referred within it.
    pub referred: i64,
    /// Started within it.
    pub started: i64,
    /// Left unhelped within it.
    pub withdrawn: i64,
    /// Waiting at the end of its last day.
    pub end: i64,
}

impl WaitingRoll {
    /// How many more are waiting at the end than begin + referred - started - withdrawn: 0 on exact numbers.
    pub fn residual(self) -> i64 {
        self.end - (self.begin + self.referred - self.started - self.withdrawn)
    }
}
