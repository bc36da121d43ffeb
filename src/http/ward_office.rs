//! A ward's office, as the ward's page shows it: who holds it, and what officials said last in the ward.

use super::member::speaker;
use super::pages::Frame;
use super::{Doors, Problem};
use crate::store::{City, PendingEvent};
use crate::ward::WardRef;

/// How many of the latest official words a ward's page shows.
const SHOWN: i64 = 3;

/// What somebody said for the city or for the ward's office.
pub struct Said {
    pub number: String,
    pub category: String,
    pub speaker: String,
    pub words: String,
    pub when: String,
    pub iso: String,
}

/// A ward's office.
pub struct Office {
    pub holders: Vec<String>,
    pub said: Vec<Said>,
}

impl Office {
    /// # Errors
    /// When the database does not answer.
    pub async fn of(
        doors: &Doors,
        city: &City,
        frame: &Frame<'_>,
        ward: &WardRef,
    ) -> Result<Self, Problem> {
        let now = doors.engine().clock().now();
        let mut tx = doors.engine().store().read().await?;
        let holders = tx.office_holders(city.id, &ward.written()).await?;
        let words = tx.official_words_in(city.id, ward, SHOWN).await?;
        let said = |PendingEvent { event, .. }: PendingEvent| Said {
            speaker: speaker(frame, event.office.as_deref()),
            when: frame.words.moment(event.at, now, &city.zone),
            iso: event.at.to_string(),
            words: event.text.unwrap_or_default(),
            category: event.category.to_string(),
            number: event.number,
        };
        Ok(Self { holders, said: words.into_iter().map(said).collect() })
    }
}
