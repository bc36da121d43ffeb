//! The demo page without the engine: seeded issues, a linear scan over the people, plain mails.
//! For work on the page: `cargo run --example demo_page -- 127.0.0.1:8311`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use wardwatch::clock::{Clock, Timestamp, Zone};
use wardwatch::demo::board::Board;
use wardwatch::demo::city::{DemoCity, LAYER, NAME, SEED, TIMEZONE};
use wardwatch::demo::issues::{Ground, Issues, SOURCE, categories};
use wardwatch::demo::page::{Report, Scene, Stage, caught_routes, routes};
use wardwatch::demo::people::{Person, PlannedWatch, people};
use wardwatch::demo::picture;
use wardwatch::demo::wire::{Counts, Landing, Mail, Pixel, Push, Tally, Told, Wire, clock_face};
use wardwatch::geometry::Position;
use wardwatch::issue::{Actor, Category, Facts, Kind, Notice, Place, Said};
use wardwatch::random::Random;
use wardwatch::ward::{Ward, WardRef};
use wardwatch::watch::{Rhythm, Target};

struct Town {
    city: Arc<DemoCity>,
    wards: Vec<Ward>,
    people: Vec<Person>,
    scene: Arc<Scene>,
    board: Board,
    zone: Zone,
    count: u64,
    tally: Tally,
    times: Vec<u64>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let listen = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8311".into());
    let city = Arc::new(DemoCity::for_seed(SEED)?);
    let wards = city.ward_shapes()?;
    let refs = |w: &Ward| {
        (WardRef { layer: LAYER.into(), ward: w.key.clone() }, Arc::new(w.shape.clone()))
    };
    let people: Vec<Person> =
        people(wards.iter().map(refs).collect(), categories::all(), SEED, 2_000).collect();
    let frame = picture::frame(&wards).expect("the demo city has wards");
    let scene = Arc::new(Scene {
        city: NAME.into(),
        real: false,
        watchers: people.len() as u64,
        wards: wards.len() as u64,
        categories: categories::all().iter().map(|c| c.name().to_owned()).collect(),
        map: picture::draw(frame, &wards, Some(&city)),
    });
    let board = Board::default();
    let (reports, mut reported) = mpsc::channel(32);
    let stage =
        Stage { scene: scene.clone(), board: board.clone(), reports, random: Random::System };
    let app = routes(stage).merge(caught_routes(board.clone()));
    let listener = tokio::net::TcpListener::bind(&listen).await?;
    eprintln!("demo page on http://{listen}");
    tokio::spawn(async move { axum::serve(listener, app).await });
    let zone: Zone = TIMEZONE.parse()?;
    let mut issues = Issues::new(Ground::Streets(city.clone()), zone.clone(), SEED);
    let (count, tally, times) = (0, Tally::default(), vec![]);
    let mut town = Town { city, wards, people, scene, board, zone, count, tally, times };
    let mut first = 12;
    loop {
        let pause = Duration::from_millis(if first > 0 { 1 } else { 2_600 });
        first = (first - 1).max(0);
        let now = Clock::System.now();
        let notice = tokio::select! {
            Some(report) = reported.recv() => visitor(report, now),
            () = tokio::time::sleep(pause) => issues.report(now),
        };
        town.take(&notice);
    }
}

fn visitor(report: Report, at: Timestamp) -> Notice {
    let facts = Facts {
        category: Some(Category::from(report.category)),
        position: Some(report.position),
        description: Some("Reported by a visitor of the demo.".into()),
        ..Facts::default()
    };
    Notice {
        source: SOURCE.into(),
        source_id: report.source_id,
        version: None,
        said: Said::Event { kind: Kind::Opened, text: None },
        at,
        actor: Actor::Resident,
        facts,
    }
}

impl Town {
    fn take(&mut self, notice: &Notice) {
        let started = Instant::now();
        self.count += 1;
        let number = format!("26-{:06}", self.count);
        let at = notice.facts.position;
        let good = at.filter(|_| Place::judge(at, Some(&self.city.bounds())) == Place::Good);
        let landing = self.landing(&number, notice, good);
        self.board.publish(Wire::Landed(landing.clone()));
        let mut counts = Counts::default();
        let (mut areas, mut letters) = (vec![], vec![]);
        for (id, person) in self.people.iter().enumerate() {
            let hit = |w: &&PlannedWatch| good.is_some_and(|at| self.hits(w, notice, at));
            let hits: Vec<&PlannedWatch> = person.watches.iter().filter(hit).collect();
            let Some(soonest) = hits.iter().min_by_key(|w| w.rhythm) else { continue };
            for watch in &hits {
                if let Target::Area(shape) = &watch.target {
                    areas.push(self.scene.map.frame().shape_path(shape));
                }
            }
            if soonest.rhythm != Rhythm::AtOnce {
                counts.digest += 1;
                continue;
            }
            counts.at_once += 1;
            counts.mails += u32::from(soonest.via.mail);
            counts.pushes += u32::from(soonest.via.push);
            letters.push((id, soonest.via, soonest.name.clone()));
        }
        let took = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
        let mut told = Told::new(&number, counts, took);
        told.areas = areas;
        told.wards = self.wards_at(good).iter().map(|w| picture::ward_id(&w.key)).collect();
        self.board.publish(Wire::Told(told));
        for (id, via, name) in letters {
            self.send(&landing, id, via, &name);
        }
        self.times.push(took);
        self.times.sort_unstable();
        self.tally.issues += 1;
        self.tally.people += u64::from(counts.at_once + counts.digest);
        self.tally.mails += u64::from(counts.mails);
        self.tally.pushes += u64::from(counts.pushes);
        self.tally.median_ms = self.times[self.times.len() / 2];
        self.board.publish(Wire::Tally(self.tally));
    }

    fn hits(&self, watch: &PlannedWatch, notice: &Notice, at: Position) -> bool {
        let category = notice.facts.category.as_ref().unwrap();
        let wanted = &watch.filter.categories;
        (wanted.is_empty() || wanted.contains(category))
            && match &watch.target {
                Target::Area(shape) => shape.covers(at),
                Target::Wards { wards, .. } => {
                    self.wards_at(Some(at)).iter().any(|w| w.key == wards[0].ward)
                }
                Target::Issue(_) => false,
            }
    }

    fn wards_at(&self, at: Option<Position>) -> Vec<&Ward> {
        at.map_or(vec![], |at| self.wards.iter().filter(|w| w.shape.covers(at)).collect())
    }

    fn landing(&self, number: &str, notice: &Notice, good: Option<Position>) -> Landing {
        let category = notice.facts.category.as_ref().unwrap().name();
        let address = notice.facts.address.clone();
        let wards = self.wards_at(good);
        Landing {
            number: number.into(),
            source_id: notice.source_id.clone(),
            category: category.into(),
            mark: Landing::mark_of(category),
            address: address
                .or_else(|| good.and_then(|at| self.city.address_at(at)))
                .unwrap_or_default(),
            ward: wards.first().map_or(String::new(), |w| w.name.clone()),
            description: notice.facts.description.clone().unwrap_or_default(),
            time: clock_face(notice.at, &self.zone),
            at: good.map(|at| {
                let at = self.scene.map.frame().project(at);
                Pixel { x: (at.x * 10.0).round() / 10.0, y: (at.y * 10.0).round() / 10.0 }
            }),
            trouble: if good.is_some() {
                String::new()
            } else {
                "Its place is not in the city, so nobody is told.".into()
            },
        }
    }

    fn send(&self, landing: &Landing, id: usize, via: wardwatch::watch::Via, watch: &str) {
        let person = &self.people[id];
        let key = format!("{}-{id}", landing.number);
        let subject = format!("{} at {}", landing.category, landing.address);
        if via.mail {
            let mail = Mail {
                id: key.clone(),
                number: landing.number.clone(),
                name: person.name.clone(),
                to: person.email.clone(),
                from: "Alder Falls 311 <311@alderfalls.example>".into(),
                subject: subject.clone(),
                time: landing.time.clone(),
                url: format!("/dev/mail/{key}"),
            };
            self.board.publish_mail(mail, letter(landing, watch));
        }
        if via.push {
            self.board.publish(Wire::Push(Push {
                id: key,
                number: landing.number.clone(),
                name: person.name.clone(),
                title: landing.category.clone(),
                body: format!("{} – in your area “{watch}”", landing.address),
                time: landing.time.clone(),
            }));
        }
    }
}

fn letter(landing: &Landing, watch: &str) -> String {
    format!(
        "<!doctype html><html lang=en><title>{c}</title><body style=\"margin:0;padding:18px;\
         font:15px/1.5 system-ui,sans-serif;color:#13212c\"><p style=\"margin:0 0 4px;color:#4a5a66\">\
         New in your area “{watch}”</p><h1 style=\"font-size:20px;margin:0 0 10px\">{c}<br>\
         {a}</h1><p>“{d}”</p><p><a style=\"display:inline-block;background:#0b5673;color:#fff;\
         padding:10px 16px;border-radius:8px;text-decoration:none;font-weight:600\" href=\"#\">\
         See issue {n}</a></p><p style=\"color:#4a5a66;font-size:13px\">{w} · {t}<br>You get this \
         because you watch “{watch}”. <a href=\"#\">Unsubscribe</a></p></body></html>",
        c = landing.category,
        a = landing.address,
        d = landing.description,
        n = landing.number,
        w = landing.ward,
        t = landing.time,
    )
}
