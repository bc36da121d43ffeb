//! What the streets are called.

/// Avenues run north and south, from the west.
pub const AVENUES: [&str; 47] = [
    "Prairie", "Foster", "Tamarack", "Keeler", "Marsh", "Western", "Sumac", "Lowell", "Juniper",
    "Pell", "Hazel", "Orchard", "Birch", "Monroe", "Catalpa", "Dunmore", "Linden", "Granger",
    "Larch", "Wells", "Division", "Alder", "Mercer", "Central", "Poplar", "Hawthorn", "Sable",
    "Ridge", "Cedar", "Fuller", "Aspen", "Whitcomb", "Sycamore", "Elgin", "Maple", "Harbor",
    "Quincy", "Laurel", "Drake", "Willow", "Beacon", "Lakeview", "Pier", "Tern", "Gull", "Shore",
    "Beach",
];

/// Streets north of the river, from the river northward; those south of it are numbered.
pub const NORTH_STREETS: [&str; 33] = [
    "Water",
    "Wharf",
    "Market",
    "Mill",
    "Church",
    "Union",
    "Commerce",
    "Vine",
    "Grant",
    "Hill",
    "Court",
    "Liberty",
    "Spring",
    "Chestnut",
    "Park",
    "Walnut",
    "Elm",
    "Franklin",
    "Garden",
    "Howard",
    "Irving",
    "Jasper",
    "Kent",
    "Locust",
    "Madison",
    "Norfolk",
    "Olive",
    "Pine",
    "Quarry",
    "Rowan",
    "Summit",
    "Thorn",
    "Town Line",
];

/// The name of the `n`th numbered street: `1st St`, `22nd St`.
#[must_use]
pub fn ordinal(n: i32) -> String {
    let suffix = match (n % 100, n % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{n}{suffix} St")
}
