//! What an operator gets wrong, and what the program says to it.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sqlx::{Connection, Executor};
use wardwatch::clock::Clock;

use crate::program::{Ended, Program};
use crate::town::fresh_postgres;

/// Ends with 1 and says this, and no password.
fn fails_with(ended: &Ended, words: &[&str]) {
    assert_eq!(ended.code, 1, "{}", ended.said);
    for word in words {
        assert!(ended.said.contains(word), "“{word}” is not in: {}", ended.said);
    }
    assert!(!ended.said.contains("hush"), "{}", ended.said);
}

/// Runs a command on another database.
fn on(town: &Program, url: &str, words: &[&str]) -> Ended {
    town.end(&[words, &["--database-url", url]].concat())
}

#[test]
fn a_database_out_of_reach_is_told_with_its_cause_and_soon() {
    let town = Program::new(None, 9, 9);
    let begun = Instant::now();
    let refused = "postgres://ada:hush@127.0.0.1:1/city";
    for words in [&["boundaries", "list"][..], &["keys", "api", "--role", "source"]] {
        fails_with(
            &on(&town, refused, words),
            &["127.0.0.1:1/city", "refused", "start the database"],
        );
    }
    let nowhere = "postgres://ada:hush@no-such-host.invalid/city";
    fails_with(&on(&town, nowhere, &["boundaries", "list"]), &["host name is not found"]);
    // It takes the connection and says nothing.
    let mute = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mute = format!("postgres://ada:hush@{}/city", mute.local_addr().unwrap());
    fails_with(&on(&town, &mute, &["serve"]), &["does not answer within"]);
    assert!(begun.elapsed() < Duration::from_secs(19), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_lets_nobody_in_says_why() {
    let Some(url) = fresh_postgres().await else { return };
    let town = Program::new(None, 9, 9);
    let (server, _) = url.split('?').next().unwrap().rsplit_once('/').unwrap();
    let options = url.split_once('?').map(|(_, rest)| format!("?{rest}")).unwrap_or_default();
    let other = format!("{server}/no_such_city{options}");
    fails_with(&on(&town, &other, &["boundaries", "list"]), &["no such database", "createdb"]);
    fails_with(&on(&town, &url, &["boundaries", "list"]), &["holds no Wardwatch data"]);
}

#[test]
fn a_mistyped_folder_is_told_and_not_made() {
    let home = tempfile::tempdir().unwrap();
    let typo = home.path().join("wardwatch-dta");
    let town = Program::in_folder(Path::new(&typo), None);
    for words in [
        &["boundaries", "list"][..],
        &["boundaries", "diff", "wards", "1", "2"],
        &["places", "list"],
        &["places", "dismiss", "1,2"],
        &["outbox", "list"],
        &["outbox", "retry", "--all-dead"],
        &["watches", "export"],
        &["explain", "ada@example.org", "26-000001"],
    ] {
        let ended = town.end(words);
        fails_with(&ended, &["there is no Wardwatch data in", "wardwatch-dta", "--data-dir"]);
        assert!(!typo.exists(), "{words:?} made it");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_goes_to_a_file_has_no_colours() {
    let town = Program::new(None, 9, 9);
    let serving = town.serve(&[("WARDWATCH_LOG", "info")]).await;
    let begun = Instant::now();
    while !serving.said().contains("INFO") {
        assert!(begun.elapsed() < Duration::from_secs(20), "nothing is logged: {}", serving.said());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(!serving.said().contains('\u{1b}'), "{}", serving.said());
    serving.stop();
}

/// Stops it while it waits for a database that takes the connection and says nothing.
#[cfg(unix)]
#[test]
fn who_stops_it_before_it_serves_gets_an_orderly_end() {
    let mute = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://ada@{}/city", mute.local_addr().unwrap());
    let serving = Program::new(Some(url), 9, 9).launch(&[]);
    let (_dialled, _) = mute.accept().unwrap();
    serving.stop();
}

fn write(dir: &Path, name: &str, text: &str) -> String {
    let file = dir.join(name);
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

/// Two wards side by side.
fn wards(keys: [&str; 2]) -> String {
    let ward = |(key, west): (&str, f64)| {
        let (south, east, north) = (40.0, west + 0.1, 40.1);
        let ring =
            json!([[west, south], [east, south], [east, north], [west, north], [west, south]]);
        json!({"type": "Feature", "properties": {"ward": key},
            "geometry": {"type": "Polygon", "coordinates": [ring]}})
    };
    let wards: Vec<Value> = keys.into_iter().zip([10.0, 10.1]).map(ward).collect();
    json!({"type": "FeatureCollection", "features": wards}).to_string()
}

fn import(town: &Program, file: &str, more: &[&str]) -> Ended {
    let words = ["boundaries", "import", file, "--layer", "wards", "--id-property", "ward"];
    town.end(&[&words[..], more].concat())
}

/// The same, on both databases.
async fn on_both() -> Vec<Program> {
    let postgres = fresh_postgres().await.map(|url| Program::new(Some(url), 9, 9));
    [Some(Program::new(None, 9, 9)), postgres].into_iter().flatten().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_is_of_a_ward_that_is_there() {
    for town in on_both().await {
        let data = tempfile::tempdir().unwrap();
        let add = |ward: &str| {
            town.end(&["staff", "add", "al@example.org", "--role", "office", "--ward", ward])
        };
        fails_with(&add("1"), &["no wards yet", "boundaries import"]);
        let file = write(data.path(), "wards.json", &wards(["2", "10"]));
        assert_eq!(import(&town, &file, &[]).code, 0);
        fails_with(&add("1"), &["there is no ward “1”", "there are: 2, 10"]);
        assert_eq!(add("10").code, 0);
    }
}

#[test]
fn what_is_no_list_of_issues_is_refused_with_what_was_expected() {
    let (town, data) = (Program::new(None, 9, 9), tempfile::tempdir().unwrap());
    for (text, words) in [
        ("", &["there is nothing in it", "CSV"][..]),
        ("Bad Gateway", &["no list of issues", "Bad Gateway", "--map"]),
        ("name,colour\n", &["no list of issues", "name, colour"]),
        ("name,colour\nada,red\n", &["no list of issues"]),
        ("id,lon,lat\n1,10,40\n", &["when an issue was opened", "id, lon, lat"]),
        ("<html></html>", &["this is <html>"]),
    ] {
        let file = write(data.path(), "given", text);
        let ended = town.end(&["ingest", &file]);
        assert_eq!(ended.code, 1, "{text}: {}", ended.said);
        let all = words.iter().all(|word| ended.said.contains(word));
        assert!(all, "{words:?} are not all in: {}", ended.said);
    }
    let (columns, issues) = ("its columns are known", "no issues in it; nothing was stored");
    for (empty, word) in [
        ("id,at,category,lon,lat\n", columns),
        ("[]", issues),
        (r#"{"type":"FeatureCollection","features":[]}"#, issues),
        ("<service_requests></service_requests>", issues),
    ] {
        let file = write(data.path(), "empty", empty);
        let ended = town.end(&["ingest", &file]);
        assert_eq!((ended.code, ended.said.contains(word)), (0, true), "{empty}: {}", ended.said);
    }
}

#[test]
fn areas_that_nothing_tells_apart_are_told_with_the_flag_of_this_command() {
    let (town, data) = (Program::new(None, 9, 9), tempfile::tempdir().unwrap());
    let file = write(data.path(), "wards.json", &wards(["1", "1"]));
    let words = ["boundaries", "import", &file, "--layer", "wards"];
    let ended = town.end(&words);
    fails_with(&ended, &["no property tells every feature apart", "--id-property", "ward"]);
    assert!(!ended.said.contains('#'), "{}", ended.said);
    let points = write(data.path(), "points.csv", "lon,lat\n10.05,40.05\n");
    let matched = town.end(&["match", "--boundaries", &file, &points]);
    assert!(matched.said.contains("FILE#PROPERTY"), "{}", matched.said);
}

fn listed(town: &Program) -> Vec<Value> {
    let lines = town.run(&["boundaries", "list", "--json"]);
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn holds(town: &Program) -> Vec<bool> {
    listed(town).iter().map(|row| row["in_force"] == true).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_map_that_changes_nothing_is_no_new_version() {
    for town in on_both().await {
        let data = tempfile::tempdir().unwrap();
        let file = write(data.path(), "wards.json", &wards(["1", "2"]));
        assert_eq!(import(&town, &file, &[]).code, 0);
        for more in [&[][..], &["--dry-run"]] {
            let again = import(&town, &file, more);
            assert!(again.said.contains("nothing changes: version 1"), "{}", again.said);
            assert_eq!((again.code, listed(&town).len()), (0, 1));
        }
        // A name, a day or a tolerance is a change.
        for more in [
            &["--name-property", "ward"][..],
            &["--name-property", "ward", "--effective", "2999-01-01"],
            &["--name-property", "ward", "--tolerance-m", "5"],
        ] {
            let before = listed(&town).len();
            for _ in 0..2 {
                let ended = import(&town, &file, more);
                assert_eq!((ended.code, listed(&town).len()), (0, before + 1), "{more:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_map_that_was_loaded_by_mistake_is_withdrawn() {
    for town in on_both().await {
        let data = tempfile::tempdir().unwrap();
        let bring = |keys: [&str; 2], more: &[&str]| {
            let file = write(data.path(), "wards.json", &wards(keys));
            assert_eq!(import(&town, &file, more).code, 0);
        };
        let withdraw = |version: &str| town.end(&["boundaries", "withdraw", "wards", version]);
        bring(["1", "2"], &[]);
        fails_with(&withdraw("1"), &["the only one in effect", "import the right map first"]);
        bring(["1", "3"], &[]);
        bring(["1", "4"], &["--effective", "2999-01-01"]);
        assert_eq!(holds(&town), [false, true, false]);
        let ended = withdraw("2");
        assert!(ended.said.contains("version 1 holds; version 3 will from 2999"), "{}", ended.said);
        assert_eq!((ended.code, holds(&town)), (0, vec![true, false, false]));
        let ended = withdraw("3");
        assert!(ended.said.contains("not in effect yet"), "{}", ended.said);
        fails_with(&withdraw("3"), &["withdrawn already"]);
        fails_with(&withdraw("9"), &["there is no version 9"]);
        let list = town.run(&["boundaries", "list"]);
        assert_eq!(list.matches("withdrawn").count(), 2, "{list}");
        // Its number is not given to another, which a running service would take for it.
        bring(["1", "3"], &[]);
        assert_eq!(listed(&town)[3]["version"], 4);
    }
}

/// How the database sorts text is its own matter: PostgreSQL may put a1 before B1.
#[tokio::test(flavor = "multi_thread")]
async fn a_map_is_the_same_however_the_database_sorts_its_wards() {
    for town in on_both().await {
        let data = tempfile::tempdir().unwrap();
        let file = write(data.path(), "wards.json", &wards(["a1", "B1"]));
        for _ in 0..2 {
            let ended = import(&town, &file, &[]);
            assert_eq!((ended.code, listed(&town).len()), (0, 1), "{}", ended.said);
        }
    }
}

/// Where the city's issues lie: west and east.
async fn reach(town: &Program) -> Option<(f64, f64)> {
    let store = town.store().await;
    let city = store.read().await.unwrap().cities().await.unwrap().remove(0);
    store.close().await;
    city.bounds.map(|bounds| (bounds.west, bounds.east))
}

#[tokio::test(flavor = "multi_thread")]
async fn withdrawing_a_map_leaves_the_city_as_it_was_before_it() {
    for town in on_both().await {
        let data = tempfile::tempdir().unwrap();
        let far = wards(["1", "2"]).replace("10.1,", "19.1,").replace("10.2,", "19.2,");
        let [right, far] = [("right.json", wards(["1", "2"])), ("far.json", far)]
            .map(|(name, text)| write(data.path(), name, &text));
        let metres = || {
            listed(&town).iter().map(|row| row["tolerance_m"].as_f64().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(import(&town, &right, &[]).code, 0);
        let before = reach(&town).await.unwrap();
        // One that is to come changes nothing of the one that holds.
        assert_eq!(
            import(&town, &far, &["--tolerance-m", "9", "--effective", "2999-01-01"]).code,
            0
        );
        assert_eq!((holds(&town), metres()), (vec![true, false], vec![1.0, 9.0]));
        assert_eq!(import(&town, &far, &["--tolerance-m", "5000"]).code, 0);
        assert!(reach(&town).await.unwrap().1 > 19.0);
        let withdraw = |version: &str| town.end(&["boundaries", "withdraw", "wards", version]).code;
        assert_eq!(withdraw("3"), 0);
        assert_eq!((holds(&town), metres()[0]), (vec![true, false, false], 1.0));
        assert!(reach(&town).await.unwrap().1 > 19.0, "the city that is to come lies there");
        assert_eq!(withdraw("2"), 0);
        assert_eq!(reach(&town).await, Some(before));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_withdraw_at_once_leave_the_city_a_map() {
    for town in on_both().await {
        let data = tempfile::tempdir().unwrap();
        for keys in [["1", "2"], ["1", "3"]] {
            let file = write(data.path(), "wards.json", &wards(keys));
            assert_eq!(import(&town, &file, &[]).code, 0);
        }
        let store = town.store().await;
        let mut tx = store.write().await.unwrap();
        let city = tx.cities().await.unwrap().remove(0).id;
        tx.hold_layers(city).await.unwrap();
        tx.withdraw_layer_version(city, "wards", 2, Clock::System.now()).await.unwrap();
        let town = std::sync::Arc::new(town);
        let theirs = town.clone();
        let mut second = tokio::task::spawn_blocking(move || {
            theirs.end(&["boundaries", "withdraw", "wards", "1"])
        });
        let waits = tokio::time::timeout(Duration::from_secs(1), &mut second).await;
        assert!(waits.is_err(), "it waits for the first: {waits:?}");
        tx.commit().await.unwrap();
        fails_with(&second.await.unwrap(), &["the only one in effect"]);
        assert_eq!(holds(&town), [true, false]);
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_revoked_opens_nothing_any_more() {
    for town in on_both().await {
        let make = |name: &str| town.run(&["keys", "api", "--role", "source", "--name", name]);
        let (key, other) = (make("311"), make("311"));
        let list = || -> Vec<Value> {
            let lines = town.run(&["keys", "list", "--json"]);
            lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        };
        let shown = town.run(&["keys", "list"]);
        assert!(shown.contains("311") && !shown.contains(key.trim()), "{shown}");
        let ids: Vec<String> =
            list().iter().map(|key| key["id"].as_str().unwrap().to_owned()).collect();
        let two = town.end(&["keys", "revoke", "311"]);
        assert!(two.code == 2 && ids.iter().all(|id| two.said.contains(id)), "{}", two.said);
        let serving = town.serve(&[]).await;
        let status = async |key: &str| {
            let asked = reqwest::Client::new().post(town.at("/api/v1/events"));
            asked.bearer_auth(key.trim()).body("").send().await.unwrap().status().as_u16()
        };
        assert_eq!((status(&key).await, status(&other).await), (200, 200));
        // Which of the two it was, its hash alone knows.
        assert_eq!(town.end(&["keys", "revoke", &ids[0]]).code, 0);
        let mut left = [status(&key).await, status(&other).await];
        left.sort_unstable();
        assert_eq!(left, [200, 401]);
        assert_eq!(town.end(&["keys", "revoke", "311"]).code, 0, "the one that is left");
        assert_eq!((status(&key).await, status(&other).await), (401, 401));
        fails_with(&town.end(&["keys", "revoke", "311"]), &["revoked already"]);
        fails_with(&town.end(&["keys", "revoke", "fire"]), &["there is no key “fire”"]);
        assert!(list().iter().all(|key| key["revoked"].is_string()));
        serving.stop();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_moves_into_another_programs_database() {
    let town = Program::new(None, 9, 9);
    let file = town.dir().join("fotos.db");
    let url = format!("sqlite:{}?mode=rwc", file.display());
    let mut raw = sqlx::SqliteConnection::connect(&url).await.unwrap();
    raw.execute("CREATE TABLE fotos (name TEXT)").await.unwrap();
    raw.close().await.unwrap();
    let before = std::fs::read(&file).unwrap();
    let url = format!("sqlite:{}", file.display());
    let told = ["fotos.db holds tables of another program (fotos)", "a database of its own"];
    fails_with(&on(&town, &url, &["serve"]), &told);
    fails_with(&on(&town, &url, &["keys", "api", "--role", "source"]), &told);
    let examined = on(&town, &url, &["doctor"]).printed;
    assert!(told.iter().all(|word| examined.contains(word)), "{examined}");
    assert_eq!(std::fs::read(&file).unwrap(), before, "nothing is left behind in it");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_moves_into_another_programs_schema() {
    let Some(url) = fresh_postgres().await else { return };
    let town = Program::new(None, 9, 9);
    let mut raw = sqlx::PgConnection::connect(&url).await.unwrap();
    // Others count their migrations in a table of the same name.
    let theirs = "CREATE TABLE _sqlx_migrations (version BIGINT, description TEXT);
        INSERT INTO _sqlx_migrations VALUES (1, 'albums')";
    raw.execute(theirs).await.unwrap();
    fails_with(&on(&town, &url, &["serve"]), &["another program (_sqlx_migrations)"]);
    raw.execute("DROP TABLE _sqlx_migrations; CREATE TABLE fotos (name TEXT)").await.unwrap();
    fails_with(&on(&town, &url, &["serve"]), &["another program (fotos)", "of its own"]);
    let (tables,): (i64,) =
        sqlx::query_as("SELECT COUNT(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
            .fetch_one(&mut raw)
            .await
            .unwrap();
    assert_eq!(tables, 1, "nothing is left behind in it");
    raw.execute("CREATE SCHEMA wards").await.unwrap();
    let apart = format!("{url}?options=-csearch_path%3Dwards");
    assert_eq!(on(&town, &apart, &["keys", "api", "--role", "source"]).code, 0);
}

#[test]
fn a_file_that_cannot_be_opened_is_named_with_what_to_do() {
    let town = Program::new(None, 9, 9);
    let nowhere = format!("sqlite:{}", town.dir().join("no/such/city.db").display());
    let told = ["no/such/city.db cannot be opened", "its folder has to be there"];
    fails_with(&on(&town, &nowhere, &["serve"]), &told);
    let junk = town.dir().join("junk.db");
    std::fs::write(&junk, "these are not the tables you look for").unwrap();
    let url = format!("sqlite:{}", junk.display());
    let told = ["junk.db is not a Wardwatch database", "restore the last backup"];
    fails_with(&on(&town, &url, &["serve"]), &told);
    fails_with(&on(&town, &url, &["outbox", "list"]), &told);
}

#[test]
fn a_damaged_secret_is_to_be_put_back() {
    let town = Program::new(None, 9, 9);
    std::fs::write(town.dir().join("secret"), "no secret").unwrap();
    let told = ["secret cannot be used: its line 1", "put it back from a backup", "lost for good"];
    fails_with(&town.end(&["serve"]), &told);
    let examined = town.end(&["doctor"]).printed;
    assert!(told.iter().all(|word| examined.contains(word)), "{examined}");
}
