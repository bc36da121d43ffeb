//! Photos and videos of issues, as they are shown.
//!
//! The one rule: nothing is read here of an issue that was taken off the site, nor what is held or was
//! removed.

use uuid::Uuid;

use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::issue::{CityId, IssueId};

/// How many photos and videos an issue has.
pub const MOST_STILLS: usize = 4;
pub const MOST_VIDEOS: usize = 1;

/// A picture on its way into the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAttachment {
    pub id: Uuid,
    pub is_video: bool,
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
    /// Empty for a video.
    pub small: Vec<u8>,
    pub width: u32,
    pub height: u32,
}

/// A picture, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    pub id: Uuid,
    pub is_video: bool,
    pub media_type: String,
    /// In bytes.
    pub size: i64,
    pub width: i64,
    pub height: i64,
}

/// Whether it is shown. What was removed has no bytes any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachmentState {
    Shown,
    Held,
    Removed,
}

impl AttachmentState {
    fn name(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Held => "held",
            Self::Removed => "removed",
        }
    }
}

row_struct! {
    struct AttachmentFields {
        attachment_id: Uuid,
        kind: String,
        media_type: String,
        size: i64,
        width: i64,
        height: i64,
    }
}

impl AttachmentFields {
    fn into_attachment(self) -> Attachment {
        Attachment {
            id: self.attachment_id,
            is_video: self.kind == "video",
            media_type: self.media_type,
            size: self.size,
            width: self.width,
            height: self.height,
        }
    }
}

/// Of an attachment that may be shown.
macro_rules! shown {
    ($what:literal, $where:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM attachment a
             JOIN issue i ON i.city_id = a.city_id AND i.issue_id = a.issue_id
             WHERE a.city_id = $1 AND a.state = 'shown' AND i.hidden = 0 AND ",
            $where
        )
    };
}

impl Tx {
    /// Adds pictures to an issue while it has room for more. The same again changes nothing. Gives those
    /// for which there was no room.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_attachments(
        &mut self,
        city: CityId,
        issue: IssueId,
        pictures: Vec<NewAttachment>,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        // Of two that come at once the second sees what the first added.
        self.take_numbers(city, "pictures", 0).await?;
        let mut there = rows!(
            self,
            (Uuid, String),
            "SELECT attachment_id, kind FROM attachment WHERE city_id = $1 AND issue_id = $2",
            city.0,
            issue.0
        )?;
        let videos = there.iter().filter(|(_, kind)| kind == "video").count();
        let mut room =
            (MOST_STILLS.saturating_sub(there.len() - videos), MOST_VIDEOS.saturating_sub(videos));
        let mut left_out = 0;
        for (place, picture) in (0..).zip(pictures) {
            if there.iter().any(|(id, _)| *id == picture.id) {
                continue;
            }
            let room = if picture.is_video { &mut room.1 } else { &mut room.0 };
            if *room == 0 {
                left_out += 1;
                continue;
            }
            *room -= 1;
            let kind = if picture.is_video { "video" } else { "still" };
            there.push((picture.id, kind.to_owned()));
            // In the order in which they came.
            let at = Timestamp::from_millis(now.as_millis() + place);
            self.put_attachment(city, issue, picture, at).await?;
        }
        Ok(left_out)
    }

    async fn put_attachment(
        &mut self,
        city: CityId,
        issue: IssueId,
        picture: NewAttachment,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let size = i64::try_from(picture.bytes.len()).unwrap_or(i64::MAX);
        run!(
            self,
            "INSERT INTO attachment (city_id, attachment_id, issue_id, kind, media_type, bytes, small,
                size, width, height, state, added_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'shown', $11)
             ON CONFLICT (city_id, attachment_id) DO NOTHING",
            city.0,
            picture.id,
            issue.0,
            if picture.is_video { "video" } else { "still" },
            picture.media_type,
            &picture.bytes,
            &picture.small,
            size,
            i64::from(picture.width),
            i64::from(picture.height),
            now.as_millis()
        )?;
        Ok(())
    }

    /// The pictures of an issue that are shown, in the order in which they came.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn attachments_of(
        &mut self,
        city: CityId,
        issue: IssueId,
    ) -> Result<Vec<Attachment>, StoreError> {
        let rows = rows!(
            self,
            AttachmentFields,
            shown!(
                "a.attachment_id, a.kind, a.media_type, a.size, a.width, a.height",
                "a.issue_id = $2 ORDER BY a.added_at, a.attachment_id"
            ),
            city.0,
            issue.0
        )?;
        Ok(rows.into_iter().map(AttachmentFields::into_attachment).collect())
    }

    /// A picture that is shown.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn attachment(
        &mut self,
        city: CityId,
        id: Uuid,
    ) -> Result<Option<Attachment>, StoreError> {
        let found = row!(
            self,
            AttachmentFields,
            shown!(
                "a.attachment_id, a.kind, a.media_type, a.size, a.width, a.height",
                "a.attachment_id = $2"
            ),
            city.0,
            id
        )?;
        Ok(found.map(AttachmentFields::into_attachment))
    }

    /// Some bytes of a picture that is shown: so many, from one on, counted from 0.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn attachment_bytes(
        &mut self,
        city: CityId,
        id: Uuid,
        (from, length): (i32, i32),
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let found = row!(
            self,
            (Vec<u8>,),
            shown!("substr(a.bytes, $3, $4)", "a.attachment_id = $2"),
            city.0,
            id,
            from.saturating_add(1),
            length
        )?;
        Ok(found.map(|(bytes,)| bytes))
    }

    /// A photo that is shown, small.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn small_attachment(
        &mut self,
        city: CityId,
        id: Uuid,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let found = row!(
            self,
            (Vec<u8>,),
            shown!("a.small", "a.attachment_id = $2 AND a.kind = 'still'"),
            city.0,
            id
        )?;
        Ok(found.map(|(bytes,)| bytes))
    }

    /// Shows or holds a picture, or removes it for good. Gives `false` when there is none, or it was
    /// removed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn judge_attachment(
        &mut self,
        city: CityId,
        id: Uuid,
        state: AttachmentState,
    ) -> Result<bool, StoreError> {
        let none: &[u8] = &[];
        let changed = if state == AttachmentState::Removed {
            run!(
                self,
                "UPDATE attachment SET state = 'removed', bytes = $3, small = $3, size = 0
                 WHERE city_id = $1 AND attachment_id = $2 AND state <> 'removed'",
                city.0,
                id,
                none
            )?
        } else {
            run!(
                self,
                "UPDATE attachment SET state = $3
                 WHERE city_id = $1 AND attachment_id = $2 AND state <> 'removed'",
                city.0,
                id,
                state.name()
            )?
        };
        Ok(changed > 0)
    }
}
