//! The page as a visitor without JavaScript reads it, and its doors over a real socket.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::*;
use crate::demo::board::Board;
use crate::demo::city::{DemoCity, NAME};
use crate::demo::picture;
use crate::demo::wire::{Counts, Landing, Pixel, Push, Tally, Told, Wire};
use crate::random::Random;

fn scene() -> Scene {
    let city = DemoCity::embedded().unwrap();
    let wards = city.ward_shapes().unwrap();
    let frame = picture::frame(&wards).unwrap();
    Scene {
        city: NAME.into(),
        real: false,
        watchers: 2_000,
        wards: 26,
        categories: vec!["Pothole".into()],
        map: picture::draw(frame, &wards, Some(&city)),
    }
}

fn a_pothole_and_its_mail() -> Board {
    let board = Board::default();
    let number = String::from("26-000041");
    board.publish(Wire::Landed(Landing {
        number: number.clone(),
        source_id: "df-000041".into(),
        category: "Pothole".into(),
        mark: Landing::mark_of("Pothole"),
        address: "1214 N Alder Ave".into(),
        ward: "Ward 7".into(),
        description: "</script><b>deep".into(),
        time: "9:41 am".into(),
        at: Some(Pixel { x: 400.5, y: 310.0 }),
        trouble: String::new(),
    }));
    let counts = Counts { at_once: 12, mails: 9, pushes: 5, digest: 29 };
    board.publish(Wire::Told(Told::new(&number, counts, 412)));
    let mail = Mail {
        id: "m1".into(),
        number: number.clone(),
        name: "Ada Kowalski".into(),
        to: "ada@example.org".into(),
        from: "Alder Falls 311 <311@alderfalls.example>".into(),
        subject: "Pothole at 1214 N Alder Ave".into(),
        time: "9:41 am".into(),
        url: "/dev/mail/m1".into(),
    };
    board.publish(Wire::Mail(mail));
    board.publish(Wire::Push(Push {
        id: "p1".into(),
        number,
        name: "Bo Lee".into(),
        title: "Pothole".into(),
        body: "1214 N Alder Ave".into(),
        time: "9:41 am".into(),
    }));
    board.publish(Wire::Tally(Tally {
        issues: 1,
        people: 41,
        mails: 9,
        pushes: 5,
        median_ms: 412,
    }));
    board
}

fn rendered(board: &Board, chosen: Option<String>) -> String {
    let scene = scene();
    render_page(&PageState { scene: &scene, snapshot: board.snapshot(), chosen }).unwrap()
}

#[test]
fn without_javascript_the_page_shows_map_issues_mails_and_pushes() {
    let page = rendered(&a_pothole_and_its_mail(), Some("26-000041".into()));
    let has = |text: &str| assert!(page.contains(text), "the page lacks {text}");
    has("12 people told in 0.4 s");
    has("9 mails, 5 pushes; 29 more in their next digest");
    has("1214 N Alder Ave · Ward 7");
    has("src=\"/dev/mail/m1\"");
    has("target=\"letter\"");
    has("Bo Lee’s phone");
    has("class=\"pin\" cx=\"400.5\"");
    has("id=\"ward-7\"");
    has("aria-current=\"true\"");
    has("<a class=\"btn\" href=\"/site\">");
    has("href=\"/watch/new\"");
    has("sandbox=\"allow-popups allow-popups-to-escape-sandbox\"");
    assert!(!page.contains("<style") && !page.contains("onclick"));
}

#[test]
fn what_a_resident_wrote_cannot_break_out_of_the_page() {
    let page = rendered(&a_pothole_and_its_mail(), None);
    assert!(!page.contains("</script><b>deep"), "a description ended the script early");
}

#[test]
fn the_page_stays_light() {
    let bytes = rendered(&a_pothole_and_its_mail(), None).len();
    assert!(bytes < 110_000, "{bytes} bytes before compression");
}

#[test]
fn an_empty_city_says_that_it_waits() {
    let page = rendered(&Board::default(), None);
    assert!(page.contains("The first issue lands in a moment."));
    assert!(page.contains("Mails and pushes show here as they are sent."));
}

/// Speaks HTTP/1.1 by hand and returns all of the reply.
async fn ask(request: &str, board: Board) -> (String, mpsc::Receiver<Report>) {
    let (reports, received) = mpsc::channel(1);
    let wards = DemoCity::embedded().unwrap().ward_shapes().unwrap();
    let land = wards.into_iter().map(|ward| ward.shape).collect();
    let stage = Stage { scene: Arc::new(scene()), board, reports, land, random: Random::seeded(1) };
    let app = routes(stage);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let mut socket = TcpStream::connect(at).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut reply = vec![];
    socket.read_to_end(&mut reply).await.unwrap();
    server.abort();
    (String::from_utf8_lossy(&reply).into_owned(), received)
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
}

fn post(body: &str) -> String {
    let length = body.len();
    format!(
        "POST /demo/report HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

#[tokio::test]
async fn the_page_runs_no_script_but_its_own() {
    let (reply, _) = ask(&get("/"), Board::default()).await;
    let policy = "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'";
    assert!(reply.contains(policy), "{}", &reply[..600]);
}

#[tokio::test]
async fn a_visitors_click_becomes_a_report_at_the_place_under_it() {
    let click = post(r#"{"x":500,"y":480,"category":"Pothole"}"#);
    let (reply, mut received) = ask(&click, Board::default()).await;
    assert!(reply.starts_with("HTTP/1.1 202"), "{reply}");
    let report = received.recv().await.unwrap();
    assert!(reply.contains(&report.source_id));
    let back = scene().map.frame().project(report.position);
    assert!((back.x - 500.0).hypot(back.y - 480.0) < 0.01);
}

#[tokio::test]
async fn a_click_beside_the_map_and_an_unknown_category_are_refused_in_words() {
    let beside = post(r#"{"x":-3,"y":480,"category":"Pothole"}"#);
    let (reply, _) = ask(&beside, Board::default()).await;
    assert!(reply.starts_with("HTTP/1.1 422") && reply.contains("not on the map"), "{reply}");
    let unknown = post(r#"{"x":3,"y":480,"category":"Dragons"}"#);
    let (reply, _) = ask(&unknown, Board::default()).await;
    assert!(reply.starts_with("HTTP/1.1 422") && reply.contains("categories"), "{reply}");
}

#[tokio::test]
async fn a_report_in_the_lake_is_refused_in_words() {
    let lake = post(r#"{"x":3,"y":3,"category":"Pothole"}"#);
    let (reply, mut received) = ask(&lake, Board::default()).await;
    assert!(reply.starts_with("HTTP/1.1 422") && reply.contains("outside the city"), "{reply}");
    assert!(received.try_recv().is_err(), "nothing lands");
}

#[test]
fn without_javascript_nothing_claims_to_be_live() {
    let page = rendered(&a_pothole_and_its_mail(), None);
    assert!(page.contains("<span class=\"live\" id=\"live\" hidden>"), "the script shows it");
}

#[tokio::test]
async fn the_stream_begins_with_the_present_state_and_ends_when_the_demo_does() {
    let board = a_pothole_and_its_mail();
    board.close();
    let (reply, _) = ask(&get("/demo/stream"), board).await;
    assert!(reply.contains("event: state") && reply.contains("12 people told"), "{reply}");
}
