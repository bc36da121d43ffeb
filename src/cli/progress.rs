//! Progress on a terminal, for work longer than a second; silence when piped.

use std::borrow::Cow;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar on stderr that stays hidden for the first second, and always where nobody looks.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    started: Instant,
    shown: bool,
}

impl Progress {
    /// Of a stretch of this many steps, each called so; of unknown length with `None`.
    /// `style` is a template of `indicatif`.
    #[must_use]
    pub fn new(steps: Option<u64>, style: &str) -> Self {
        let bar = ProgressBar::with_draw_target(steps, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        // Data that runs over the same terminal is progress enough.
        let unseen = !std::io::stderr().is_terminal();
        Self { bar, started: Instant::now(), shown: unseen }
    }

    /// It has come this far with so many, each called so; says how many that is a second.
    pub fn at_count(&mut self, step: u64, count: u64, called: &str) {
        let rate = count as f64 / self.started.elapsed().as_secs_f64().max(0.001);
        self.at(step, format!("{count} {called}, {rate:.0} a second"));
    }

    /// It has come this far, and is doing this.
    pub fn at(&mut self, step: u64, doing: impl Into<Cow<'static, str>>) {
        if !self.shown && self.started.elapsed() > Duration::from_secs(1) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
            self.shown = true;
        }
        self.bar.set_position(step);
        self.bar.set_message(doing);
    }

    /// Takes the bar away.
    pub fn end(self) {
        self.bar.finish_and_clear();
    }
}
