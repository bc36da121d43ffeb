//! The demo city, its people and its day.

pub mod city;
pub mod issues;
pub mod people;
pub mod picture;
pub mod replay;
