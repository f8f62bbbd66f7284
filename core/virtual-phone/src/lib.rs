//! inkan-virtual-phone
