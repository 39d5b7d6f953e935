//! The tables `curven` and `trechters` of a publication, as pictures are drawn from them.
//!
//! Owns reading them from their published CSV, so that a picture shows what the file beside it says. Leaves what stands in
//! them to `analysis` and `disclosure`, and drawing to `chart`.

use schema::Niveau;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::ReportError;

/// The curve that a figure of one gebied is read from.
#[derive(Debug, Clone, PartialEq)]
pub struct AreaCurve {
    /// Id of the indicator.
    pub indicator: String,
    /// The gebied.
    pub gebied: String,
    /// Its points, a week apart; the last is the last on which enough people are at risk.
    pub weeks: Vec<CurveWeek>,
}

/// A point of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurveWeek {
    /// Days from the beginning.
    pub day: u32,
    /// Share that was out by then, 0 to 1.
    pub share: f64,
    /// Its 95 % limits, where both are known.
    pub limits: Option<(f64, f64)>,
    /// How many are at risk on the day, in fives.
    pub at_risk: i64,
}

/// Between which limits the gebieden of a level lie when nothing but chance tells them apart.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelFunnel {
    /// Id of the indicator.
    pub indicator: String,
    /// The level.
    pub niveau: Niveau,
    /// The value of the country, around which it stands.
    pub middle: f64,
    /// The limits, by size.
    pub limits: Vec<FunnelLimits>,
}

/// The limits at one size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FunnelLimits {
    /// The denominator.
    pub size: f64,
    /// 95 %, by chance alone.
    pub p95: (f64, f64),
    /// 99.8 %, by chance alone.
    pub p998: (f64, f64),
    /// 99.8 %, with what is usual between gebieden; absent where there are too few to say.
    pub usual: Option<(f64, f64)>,
}

impl AreaCurve {
    /// The curves in the published table `curven`.
    ///
    /// # Errors
    /// When it is not that table.
    pub fn read(csv: &[u8]) -> Result<Vec<Self>, ReportError> {
        let mut curves: Vec<Self> = Vec::new();
        for line in lines::<CurveLine>(csv)? {
            let week = CurveWeek {
                day: line.dag,
                share: line.aandeel,
                limits: line.onder.zip(line.boven),
                at_risk: line.at_risk,
            };
            match curves.last_mut() {
                Some(last) if last.indicator == line.indicator && last.gebied == line.gebied => {
                    last.weeks.push(week);
                }
                _ => curves.push(Self {
                    indicator: line.indicator,
                    gebied: line.gebied,
                    weeks: vec![week],
                }),
            }
        }
        Ok(curves)
    }

    /// The point of a day, where the curve has one.
    pub fn on(&self, day: u32) -> Option<&CurveWeek> {
        self.weeks.iter().find(|week| week.day == day)
    }
}

impl LevelFunnel {
    /// The funnels in the published table `trechters`.
    ///
    /// # Errors
    /// When it is not that table.
    pub fn read(csv: &[u8]) -> Result<Vec<Self>, ReportError> {
        let mut funnels: Vec<Self> = Vec::new();
        for line in lines::<FunnelLine>(csv)? {
            let both = |low: Option<f64>, high: Option<f64>| low.zip(high);
            let (Some(p95), Some(p998)) = (
                both(line.onder, line.boven),
                both(line.onder_998, line.boven_998),
            ) else {
                continue;
            };
            let limits = FunnelLimits {
                size: line.omvang,
                p95,
                p998,
                usual: both(line.onder_998_tussen, line.boven_998_tussen),
            };
            match funnels.last_mut() {
                Some(last) if last.indicator == line.indicator && last.niveau == line.niveau => {
                    last.limits.push(limits);
                }
                _ => funnels.push(Self {
                    indicator: line.indicator,
                    niveau: line.niveau,
                    middle: line.midden,
                    limits: vec![limits],
                }),
            }
        }
        Ok(funnels)
    }

    /// Whether a value of this size lies outside the outermost limits: those with what is usual between gebieden, where
    /// that is known. Between two sizes the limits run straight.
    pub fn outside(&self, size: f64, value: f64) -> bool {
        let next = self.limits.partition_point(|limits| limits.size < size);
        let at = |place: usize| {
            let place = place.min(self.limits.len().saturating_sub(1));
            let limits = self.limits.get(place)?;
            Some((limits.size, limits.usual.unwrap_or(limits.p998)))
        };
        let Some(((from, low), (to, high))) = at(next.saturating_sub(1)).zip(at(next)) else {
            return false;
        };
        let part = if to > from {
            ((size - from) / (to - from)).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let between = |one: f64, other: f64| one + part * (other - one);
        value < between(low.0, high.0) || value > between(low.1, high.1)
    }
}

/// A line of `curven`.
#[derive(Deserialize)]
struct CurveLine {
    indicator: String,
    gebied: String,
    dag: u32,
    aandeel: f64,
    onder: Option<f64>,
    boven: Option<f64>,
    at_risk: i64,
}

/// A line of `trechters`.
#[derive(Deserialize)]
struct FunnelLine {
    indicator: String,
    niveau: Niveau,
    omvang: f64,
    midden: f64,
    onder: Option<f64>,
    boven: Option<f64>,
    onder_998: Option<f64>,
    boven_998: Option<f64>,
    onder_998_tussen: Option<f64>,
    boven_998_tussen: Option<f64>,
}

fn lines<T: DeserializeOwned>(csv: &[u8]) -> Result<Vec<T>, ReportError> {
    let mut reader = csv::Reader::from_reader(csv);
    let lines: Result<Vec<T>, csv::Error> = reader.deserialize().collect();
    Ok(lines?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_are_read_by_gebied_and_a_limit_may_be_missing() {
        let curves = AreaCurve::read(
            b"indicator,niveau,gebied,dag,aandeel,onder,boven,at_risk\n\
            a,jeugdregio,JZ01,0,0.0,,,120\n\
            a,jeugdregio,JZ01,7,0.05,0.0,0.1,115\n\
            a,jeugdregio,JZ02,0,0.0,,,80\n",
        )
        .unwrap();
        assert_eq!(curves.len(), 2);
        assert_eq!(curves[0].on(7).unwrap().limits, Some((0.0, 0.1)));
        assert_eq!(curves[0].on(0).unwrap().limits, None);
        assert!(curves[1].on(7).is_none());
        assert!(AreaCurve::read(b"indicator\na\n").is_err());
    }

    #[test]
    fn outside_is_beyond_what_is_usual_where_that_is_known() {
        let table = |usual: &str| {
            let text = format!(
                "indicator,niveau,omvang,midden,onder,boven,onder_998,boven_998,onder_998_tussen,boven_998_tussen,gebieden\n\
                a,jeugdregio,20.0,0.5,0.3,0.7,0.2,0.8,{usual},12\n\
                a,jeugdregio,120.0,0.5,0.4,0.6,0.3,0.7,{usual},12\n"
            );
            LevelFunnel::read(text.as_bytes()).unwrap().remove(0)
        };
        let chance = table(",");
        // Halfway the sizes the limits lie halfway too.
        assert!(chance.outside(70.0, 0.76) && !chance.outside(70.0, 0.74));
        assert!(chance.outside(70.0, 0.24) && !chance.outside(20.0, 0.24));
        assert!(chance.outside(999.0, 0.71) && !chance.outside(1.0, 0.79));
        assert!(!table("0.1,0.9").outside(70.0, 0.76));
    }
}
