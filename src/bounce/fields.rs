//! Header fields: a name, a colon, and a value that may go on in lines that begin with white space.

/// More than so many are not read, nor more than so much of each.
const MOST_FIELDS: usize = 200;
const MOST_OF_VALUE: usize = 4_000;

/// The fields of one block of lines, in their order.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads lines; what is no field is passed over.
    pub(super) fn read<'t>(lines: impl Iterator<Item = &'t str>) -> Self {
        let mut fields: Vec<(String, String)> = vec![];
        for line in lines {
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = fields.last_mut()
                    && value.len() + line.len() <= MOST_OF_VALUE
                {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                continue;
            }
            let Some((name, value)) = line.split_once(':') else { continue };
            if fields.len() == MOST_FIELDS {
                break;
            }
            let value: String = value.trim().chars().take(MOST_OF_VALUE).collect();
            fields.push((name.trim().to_ascii_lowercase(), value));
        }
        Self(fields)
    }

    /// The first field of this name, which is in small letters.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    pub(super) fn all<'f>(&'f self, name: &str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The blocks of a report, which empty lines part (RFC 3464, §2.1).
pub(super) fn groups(text: &str) -> impl Iterator<Item = Fields> {
    let mut lines = text.lines();
    std::iter::from_fn(move || {
        let mut lines = lines.by_ref().map(str::trim_end).skip_while(|line| line.is_empty());
        let first = lines.next()?;
        Some(Fields::read(std::iter::once(first).chain(lines.take_while(|line| !line.is_empty()))))
    })
}
