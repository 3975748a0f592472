//! The ways by which people reach the desk, and by which the desk answers.
