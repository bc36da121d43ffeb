//! Residents' pictures made safe to show: stills written anew, videos without what their makers hide in
//! them.
//!
//! The one rule: what a camera writes beside the picture (where it was taken, by which device, whose it
//! is) is never kept. A still is decoded within bounds and written as a new JPEG, so nothing of the file
//! survives but what is seen; of a video only the parts that a player needs stay, the others are blanked
//! in place. What a file is says its content, never its name.

mod mp4;
mod still;
#[cfg(test)]
mod tests;
mod webm;

/// The most that a still may weigh, in bytes.
pub const MOST_STILL: usize = 12 << 20;

/// The most that a video may weigh, in bytes.
pub const MOST_VIDEO: usize = 30 << 20;

/// How long a video may be, in seconds, where it says how long it is.
pub const LONGEST_VIDEO_S: f64 = 30.0;

/// A file as it may be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    Still(Still),
    Video(Video),
}

/// A still: two JPEGs, the large one at most 1,600 points along its longer side, the small one 400.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Still {
    pub large: Vec<u8>,
    pub small: Vec<u8>,
    /// Of the large one.
    pub width: u32,
    pub height: u32,
}

/// A video, as its maker encoded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Video {
    pub bytes: Vec<u8>,
    pub container: Container,
}

/// What a video is packed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    Mp4,
    QuickTime,
    WebM,
}

impl Container {
    /// Its media type (RFC 4337; `WebM` and `QuickTime` as IANA lists them).
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Mp4 => "video/mp4",
            Self::QuickTime => "video/quicktime",
            Self::WebM => "video/webm",
        }
    }
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("this photo is in the HEIC or AVIF format, which cannot be read here; send it as JPEG")]
    Heic,
    #[error(
        "this is no photo or video that can be read; send JPEG, PNG or WebP, or MP4, MOV or WebM"
    )]
    Unknown,
    #[error("this photo has more than 12 MB; send a smaller one")]
    Heavy,
    #[error("this photo has more than 50 million points; send a smaller one")]
    Huge,
    #[error("this photo is damaged; take or save it anew")]
    Broken,
    #[error("this video has more than 30 MB; send a shorter one")]
    HeavyVideo,
    #[error("this video is longer than 30 seconds; send a shorter one")]
    LongVideo,
    #[error("this video is damaged, or has no picture; record or save it anew")]
    BrokenVideo,
}

impl Refused {
    pub const ALL: [Self; 8] = [
        Self::Heic,
        Self::Unknown,
        Self::Heavy,
        Self::Huge,
        Self::Broken,
        Self::HeavyVideo,
        Self::LongVideo,
        Self::BrokenVideo,
    ];

    /// A short name, for links.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Heic => "heic",
            Self::Unknown => "unknown",
            Self::Heavy => "heavy",
            Self::Huge => "huge",
            Self::Broken => "broken",
            Self::HeavyVideo => "heavy_video",
            Self::LongVideo => "long_video",
            Self::BrokenVideo => "broken_video",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// What a file seems to be, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Still(image::ImageFormat),
    Heic,
    Video(Container),
    Unknown,
}

fn kind(bytes: &[u8]) -> Kind {
    use image::ImageFormat as Format;
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Kind::Still(Format::Jpeg),
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Kind::Still(Format::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
            Kind::Still(Format::WebP)
        }
        [0x1a, 0x45, 0xdf, 0xa3, ..] => Kind::Video(Container::WebM),
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => match brand.first_chunk() {
            Some(b"qt  ") => Kind::Video(Container::QuickTime),
            Some(b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"mif1" | b"msf1" | b"avif") => {
                Kind::Heic
            }
            _ => Kind::Video(Container::Mp4),
        },
        // Old cameras begin without saying what they write.
        [_, _, _, _, b'm', b'o', b'o', b'v', ..] | [_, _, _, _, b'w', b'i', b'd', b'e', ..] => {
            Kind::Video(Container::QuickTime)
        }
        _ => Kind::Unknown,
    }
}

/// The most that a file that begins so may weigh, so that nobody reads on for nothing.
#[must_use]
pub fn most(beginning: &[u8]) -> (usize, Refused) {
    match kind(beginning) {
        Kind::Video(_) => (MOST_VIDEO, Refused::HeavyVideo),
        _ => (MOST_STILL, Refused::Heavy),
    }
}

/// Makes a file safe to show. It costs up to a second of one processor.
///
/// # Errors
/// Why it is not taken.
pub fn take(bytes: Vec<u8>) -> Result<Taken, Refused> {
    let (most, heavy) = most(&bytes);
    if bytes.len() > most {
        return Err(heavy);
    }
    match kind(&bytes) {
        Kind::Still(format) => still::read(&bytes, format).map(Taken::Still),
        Kind::Video(container) => video(bytes, container).map(Taken::Video),
        Kind::Heic => Err(Refused::Heic),
        Kind::Unknown => Err(Refused::Unknown),
    }
}

fn video(mut bytes: Vec<u8>, container: Container) -> Result<Video, Refused> {
    let seconds = match container {
        Container::WebM => webm::clean(&mut bytes),
        Container::Mp4 | Container::QuickTime => mp4::clean(&mut bytes),
    };
    match seconds.ok_or(Refused::BrokenVideo)? {
        // A recorder stops some frames after it was told to.
        Some(seconds) if seconds > LONGEST_VIDEO_S + 1.0 => Err(Refused::LongVideo),
        _ => Ok(Video { bytes, container }),
    }
}
