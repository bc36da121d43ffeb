//! What was measured, for people.

use super::{Changing, Row};

/// A line for each engine, or a JSON object.
pub fn print(rows: &[Row], json: bool) {
    if json {
        for row in rows {
            println!("{}", serde_json::to_string(row).expect("numbers and names are JSON"));
        }
        return;
    }
    let Row { layout, areas, matches_per_point, .. } = &rows[0];
    println!("\n{areas} areas, {}, {matches_per_point:.1} matches a point", layout_told(*layout));
    let told: Vec<[String; 11]> = rows.iter().map(|row| cells(row, &rows[0])).collect();
    for line in std::iter::once(&HEAD.map(str::to_owned)).chain(&told) {
        let [first, rest @ ..] = line;
        print!("{first:<16}");
        for cell in rest {
            print!("{cell:>11}");
        }
        println!();
    }
}

const HEAD: [&str; 11] = [
    "",
    "points/s",
    "ours by it",
    "many",
    "ours by it",
    "build s",
    "bytes",
    "insert us",
    "remove us",
    "alone us",
    "beside us",
];

fn cells(row: &Row, ours: &Row) -> [String; 11] {
    let of_changing = |of: fn(&Changing) -> f64| {
        row.changing.as_ref().map_or("never".into(), |changing| format!("{:.1}", of(changing)))
    };
    [
        row.engine.into(),
        format!("{:.0}", row.one_points_per_s),
        format!("{:.1}", ours.one_points_per_s / row.one_points_per_s),
        format!("{:.0}", row.many_points_per_s),
        format!("{:.1}", ours.many_points_per_s / row.many_points_per_s),
        format!("{:.3}", row.build_s),
        row.bytes_per_area.map_or("unknown".into(), |bytes| format!("{bytes:.0}")),
        of_changing(|changing| changing.insert_us),
        of_changing(|changing| changing.remove_us),
        of_changing(|changing| changing.question_alone_us),
        of_changing(|changing| changing.question_beside_us),
    ]
}

fn layout_told(layout: wardwatch::bench::Layout) -> &'static str {
    use wardwatch::bench::Layout;
    match layout {
        Layout::City => "as people live",
        Layout::Uniform => "anywhere",
        Layout::Block => "all on one block",
    }
}
