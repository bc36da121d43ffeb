//! What people report, how often, in which season, and in which words.

use crate::issue::Category;
use crate::random::SplitMix;

/// A category of the demo city.
#[derive(Debug)]
pub struct Kind {
    pub name: &'static str,
    /// The sign on the map: an id in the page's icon sheet.
    pub mark: &'static str,
    /// How often, against the others, in winter, spring, summer, autumn.
    weights: [u16; 4],
    /// How residents put it.
    pub sentences: &'static [&'static str],
    /// What the city says when it is done.
    pub done: &'static [&'static str],
}

/// All categories, as people choose from them.
#[must_use]
pub fn all() -> Vec<Category> {
    CATEGORIES.iter().map(|kind| Category::from(kind.name)).collect()
}

/// The mark for a category of any city, found by the words in its name.
#[must_use]
pub fn mark(category: &str) -> &'static str {
    const WORDS: [(&str, &str); 22] = [
        ("pothole", "road"),
        ("pavement", "road"),
        ("street light", "light"),
        ("light", "light"),
        ("lamp", "light"),
        ("graffiti", "paint"),
        ("tree", "tree"),
        ("weed", "tree"),
        ("garbage", "bin"),
        ("trash", "bin"),
        ("dump", "bin"),
        ("recycl", "bin"),
        ("sanitation", "bin"),
        ("rodent", "animal"),
        ("rat", "animal"),
        ("animal", "animal"),
        ("water", "water"),
        ("sewer", "water"),
        ("snow", "snow"),
        ("ice", "snow"),
        ("noise", "noise"),
        ("vehicle", "car"),
    ];
    let lower = category.to_lowercase();
    let ours = CATEGORIES.iter().find(|kind| kind.name.to_lowercase() == lower).map(|k| k.mark);
    let by_word = || WORDS.iter().find(|(word, _)| lower.contains(word)).map(|(_, mark)| *mark);
    ours.or_else(by_word).unwrap_or("dot")
}

/// Draws a category for a month (1 to 12, northern seasons).
pub fn draw(month: i8, dice: &mut SplitMix) -> &'static Kind {
    let season = usize::try_from(month % 12 / 3).unwrap_or(0).min(3);
    let all: u16 = CATEGORIES.iter().map(|kind| kind.weights[season]).sum();
    let mut left = u16::try_from(dice.below(usize::from(all))).unwrap_or(0);
    for kind in &CATEGORIES {
        if left < kind.weights[season] {
            return kind;
        }
        left -= kind.weights[season];
    }
    &CATEGORIES[0]
}

const fn kind(
    name: &'static str,
    mark: &'static str,
    weights: [u16; 4],
    sentences: &'static [&'static str],
    done: &'static [&'static str],
) -> Kind {
    Kind { name, mark, weights, sentences, done }
}

pub const COMMENTS: [&str; 6] = [
    "Still like this today.",
    "Same here, right in front of our house.",
    "It is getting worse.",
    "Thank you for reporting, I was about to.",
    "Somebody put a cone there, but that is all.",
    "My neighbour nearly fell because of it.",
];
pub const ACKNOWLEDGED: [&str; 3] = [
    "We have your report and will inspect the place.",
    "Passed to the district crew.",
    "Thank you. An inspection is booked.",
];
pub const STARTED: [&str; 3] = [
    "A crew is on its way.",
    "Work order written; the crew has it on this week's route.",
    "Inspected. Work has begun.",
];

pub const CATEGORIES: [Kind; 17] = [
    kind(
        "Pothole",
        "road",
        [150, 190, 90, 80],
        &[
            "Deep hole in the right lane, cars swerve into the bike lane.",
            "Hole the size of a bucket just past the stop line.",
            "Three potholes in a row, one full of water.",
            "My bike hit this one in the dark.",
        ],
        &["Filled and rolled.", "Patched with hot mix."],
    ),
    kind(
        "Street light out",
        "light",
        [130, 80, 60, 140],
        &[
            "Three lamps in a row are dark.",
            "The light flickers all night and goes out by ten.",
            "Dark corner, the crossing cannot be seen.",
            "The pole hums and the lamp is off.",
        ],
        &["Lamp replaced.", "A blown fuse was changed, all lights burn."],
    ),
    kind(
        "Missed garbage pickup",
        "bin",
        [70, 80, 100, 80],
        &[
            "The truck went by without stopping on our side.",
            "Bins are full since Tuesday.",
            "Only half of the block was picked up.",
        ],
        &["Picked up today.", "The route was run again."],
    ),
    kind(
        "Graffiti",
        "paint",
        [40, 90, 110, 80],
        &[
            "Fresh tags along the whole garage wall.",
            "Someone painted over the mural.",
            "Scratched and painted bus shelter.",
        ],
        &["Painted over.", "Washed off."],
    ),
    kind(
        "Rodents",
        "animal",
        [30, 70, 120, 90],
        &[
            "Rats run between the bins in the alley at night.",
            "Burrows under the porch steps.",
            "Saw five rats behind the restaurant.",
        ],
        &["Baited and the burrows closed.", "Alley baited."],
    ),
    kind(
        "Fallen tree or branch",
        "tree",
        [40, 70, 110, 70],
        &[
            "A big branch blocks the sidewalk.",
            "The tree leans on the wire after last night's wind.",
            "Half of the crown lies on a parked car.",
        ],
        &["Branch cut up and hauled away.", "Tree made safe."],
    ),
    kind(
        "Illegal dumping",
        "bin",
        [50, 80, 80, 70],
        &[
            "Sofa and two mattresses in the alley.",
            "A pile of tires behind the lot.",
            "Paint buckets, some are leaking.",
        ],
        &["Cleared.", "Hauled off; a camera was put up."],
    ),
    kind(
        "Water in the street",
        "water",
        [40, 110, 80, 70],
        &[
            "The drain is blocked, water stands over the curb.",
            "Water wells up through the pavement.",
            "Underpass is flooded, cars turn around.",
        ],
        &["Basin cleaned, water has gone down.", "Main shut off and repaired."],
    ),
    kind(
        "Snow or ice",
        "snow",
        [190, 20, 0, 20],
        &[
            "The sidewalk is a sheet of ice.",
            "The plow closed the corner with a wall of snow.",
            "Bus stop is not shovelled, people stand in the street.",
        ],
        &["Plowed and salted.", "Corner opened."],
    ),
    kind(
        "Abandoned vehicle",
        "car",
        [50, 60, 60, 50],
        &[
            "Grey van without plates, here for three weeks.",
            "Car on flat tires, windows broken.",
            "Trailer left in the bike lane.",
        ],
        &["Towed.", "The owner has moved it."],
    ),
    kind(
        "Traffic signal",
        "signal",
        [40, 40, 40, 40],
        &[
            "The signal blinks red on all sides.",
            "The walk button does nothing.",
            "Green for only four seconds.",
        ],
        &["Controller reset.", "Button replaced."],
    ),
    kind(
        "Damaged sign",
        "signal",
        [25, 30, 30, 25],
        &[
            "The stop sign is bent flat.",
            "Street sign turned the wrong way.",
            "No-parking sign lies in the grass.",
        ],
        &["New sign is up.", "Post straightened."],
    ),
    kind(
        "Broken sidewalk",
        "road",
        [30, 60, 60, 40],
        &[
            "Slab lifted by roots, my mother tripped.",
            "Curb ramp is broken, wheelchairs cannot get up.",
            "A hole beside the hydrant.",
        ],
        &["Slab ground level.", "New slab poured."],
    ),
    kind(
        "Noise",
        "noise",
        [30, 60, 120, 50],
        &[
            "Machine shop runs all night with open doors.",
            "Generators since six in the morning.",
            "Loud music from the lot, every night this week.",
        ],
        &["Inspector spoke with the owner.", "Warned."],
    ),
    kind(
        "Overgrown lot",
        "tree",
        [0, 50, 90, 30],
        &[
            "Weeds are shoulder high along the sidewalk.",
            "One cannot see around the corner for the bushes.",
            "Empty lot full of ragweed.",
        ],
        &["Mowed.", "Cut back to the fence."],
    ),
    kind(
        "Park maintenance",
        "tree",
        [10, 40, 60, 30],
        &[
            "The swing hangs on one chain.",
            "Drinking fountain runs without stop.",
            "Bench slats are broken.",
        ],
        &["Repaired.", "Bench replaced."],
    ),
    kind(
        "Blocked bike lane",
        "car",
        [20, 50, 70, 40],
        &[
            "Delivery trucks stand in the lane every noon.",
            "Construction fence across the lane, no detour.",
            "Glass all over the lane.",
        ],
        &["Swept.", "Fence moved back."],
    ),
];
