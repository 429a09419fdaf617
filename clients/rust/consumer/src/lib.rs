//! Nothing: the tests are what this project is for.
