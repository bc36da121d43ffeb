use super::super::Rows;
use super::*;

fn rows(text: &str) -> Vec<Row> {
    Rows::open(std::io::Cursor::new(text.to_owned())).unwrap().map(Result::unwrap).collect()
}

fn first(text: &str, map: &str) -> (PlaceColumns, Row) {
    let row = rows(text).remove(0);
    let mapping: PlaceMapping = map.parse().unwrap();
    (mapping.columns(&row).unwrap(), row)
}

fn address(text: &str) -> String {
    let (columns, row) = first(text, "");
    assert!(!columns.look_like_streets(&row) && columns.lacks_for_addresses().is_none());
    let AddressPoint { number, street, at } = columns.address(&row).unwrap();
    format!("{number}|{street}|{},{}", at.lon, at.lat)
}

#[test]
fn addresses_are_read_as_cities_write_them() {
    let table = [
        // OpenAddresses, CSV and GeoJSON.
        ("LON,LAT,NUMBER,STREET,UNIT\n-87.6,41.9,1200,W ADDISON ST,4\n", "1200|W ADDISON ST"),
        (
            r#"{"type":"Feature","properties":{"number":"1200","street":"W Addison St","unit":""},"geometry":{"type":"Point","coordinates":[-87.6,41.9]}}"#,
            "1200|W Addison St",
        ),
        // The national address database.
        (
            "Add_Number,St_PreDir,St_Name,St_PosTyp,Longitude,Latitude\n1200,West,Addison,Street,-87.6,41.9\n",
            "1200|West Addison Street",
        ),
        // One column for all of it.
        (
            "CMPADDABRV,the_geom\n1200 1/2 W Addison St Apt 4,POINT (-87.6 41.9)\n",
            "1200 1/2|W Addison St",
        ),
        ("address;lon;lat\n1200A W Addison St, Chicago;-87,6;41,9\n", "1200A|W Addison St"),
    ];
    for (file, expected) in table {
        assert_eq!(address(file), format!("{expected}|-87.6,41.9"), "{file}");
    }
}

#[test]
fn streets_are_read_with_the_numbers_of_both_sides() {
    let chicago = "the_geom,PRE_DIR,STREET_NAM,STREET_TYP,L_F_ADD,L_T_ADD,R_F_ADD,R_T_ADD\n\
        \"MULTILINESTRING ((-87.6 41.9, -87.61 41.9), (-87.61 41.9, -87.62 41.9))\",W,ADDISON,ST,1201,1259,1200,1258\n";
    let (columns, row) = first(chicago, "");
    assert!(columns.look_like_streets(&row) && columns.lacks_for_streets().is_none());
    let lines = columns.street(&row).unwrap();
    assert_eq!(lines.len(), 1, "parts that meet are one line");
    assert_eq!((lines[0].name.as_str(), lines[0].line.len()), ("W ADDISON ST", 3));
    assert_eq!((lines[0].left, lines[0].right), (Some((1201, 1259)), Some((1200, 1258))));

    let tiger = r#"{"type":"Feature","properties":{"FULLNAME":"Main St","LFROMADD":"0","LTOADD":"0","RFROMADD":"2","RTOADD":"98"},"geometry":{"type":"MultiLineString","coordinates":[[[1,2],[1,2.01]],[[5,5],[5,5.02]]]}}"#;
    let (columns, row) = first(tiger, "");
    let lines = columns.street(&row).unwrap();
    let sides: Vec<_> = lines.iter().map(|line| (line.left, line.right)).collect();
    assert_eq!(sides, [(None, None), (None, Some((2, 98)))], "0 is no number");

    let ours = r#"{"type":"Feature","properties":{"name":"Foster Ave","prefix":"N","from":50,"to":200},"geometry":{"type":"LineString","coordinates":[[1,2],[1,2.01]]}}"#;
    let (columns, row) = first(ours, "");
    let line = columns.street(&row).unwrap().remove(0);
    assert_eq!((line.name.as_str(), line.left), ("N Foster Ave", Some((50, 200))));
    assert_eq!(line.left, line.right, "which side is not told");

    let header = "NAME,FROM_ADD_L,TO_ADD_L,FROM_ADD_R,TO_ADD_R,GEOM\n";
    let (columns, row) = first(&format!("{header}Oak,1,9,2,8,\"LINESTRING (1 2, 1 3)\"\n"), "");
    let line = columns.street(&row).unwrap().remove(0);
    assert_eq!((line.left, line.right), (Some((1, 9)), Some((2, 8))));
}

#[test]
fn what_a_row_lacks_is_said() {
    let said = |text: &str| {
        let (columns, row) = first(text, "");
        columns.address(&row).unwrap_err()
    };
    assert!(said("number,street,lon,lat\n,Main St,1,2\n").contains("no house number"));
    assert_eq!(said("number,street,lon,lat\n7,Main St,,\n"), "it has no place");
    assert!(said("number,street,lon,lat\n7,Main St,0,0\n").contains("0, 0"));
    assert!(said("number,street,x,y\n7,Main St,1170000,1890000\n").contains("ogr2ogr"));
    assert!(said("number,street,lon,lat\n7,Main St,east,2\n").contains("no longitude"));
    let (columns, _) = first("colour,size\nred,7\n", "");
    assert_eq!(columns.lacks_for_addresses(), Some("house numbers and streets"));
    assert_eq!(columns.lacks_for_streets(), Some("the names of streets"));
}

#[test]
fn a_person_maps_what_the_names_do_not_say() {
    let (columns, row) =
        first("haus,strasse,e,n\n7,Main St,1,2\n", "number=haus,street=strasse,lon=e,lat=n");
    assert_eq!(columns.address(&row).unwrap().street, "Main St");
    let wrong = |map: &str| map.parse::<PlaceMapping>().unwrap_err().to_string();
    assert!(wrong("house=haus").contains("choose from lon, lat, point, number, street,"));
    assert!(wrong("number").contains("is no mapping"));
    assert!(wrong("number=a,number=b").contains("mapped twice"));
    let row = rows("a,b\n1,2\n").remove(0);
    let missing = "number=c".parse::<PlaceMapping>().unwrap().columns(&row).unwrap_err();
    assert!(missing.to_string().contains("no column “c”"), "{missing}");
}
