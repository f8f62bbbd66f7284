//! What people do, from the first code to the verdict, read as the announcement reads.

mod decisions;
mod devices;
mod doorbells;
mod enrollment;
mod erasure;
mod keeping;
mod limits;
mod parties;
mod test_mode;
mod tiers;
mod upkeep;
