//! inkan-demo-broker
