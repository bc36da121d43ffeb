//! The demo city, its people and its day.

pub mod city;
pub mod picture;
