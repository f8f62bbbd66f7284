//! What every store must do, as a suite that runs over each of them.
