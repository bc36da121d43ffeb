//! The page as a visitor without JavaScript reads it.
