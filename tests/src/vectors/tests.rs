use super::*;

#[test]
fn the_committed_files_are_as_they_would_be_written() {
    assert_eq!(differences(&folder()).unwrap(), Vec::<String>::new());
}

/// Reads what is committed, and nothing of what made it.
#[test]
fn the_committed_files_hold() {
    let mut read = 0;
    let keys = fs::read_to_string(folder().join("test-keys.json")).unwrap();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|kind| kind == "json") {
            let name = path.file_stem().unwrap().to_str().unwrap();
            let text = fs::read_to_string(&path).unwrap();
            check_file(name, &text, &keys).unwrap_or_else(|error| panic!("{name}: {error}"));
            read += 1;
        }
    }
    assert_eq!(read, 18, "one file a message kind, test keys, derived values, display, evidence");
}

/// Control: a vector that lies is noticed.
#[test]
fn a_changed_vector_is_noticed() {
    let read = |name: &str| fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
    let keys = read("test-keys");
    for (name, from, to) in [
        ("challenge", "\"ba-77\"", "\"ba-78\""),
        ("answer", "\"approve\"", "\"report\""),
        ("derived", "\"code\": \"", "\"code\": \"1"),
        ("display", "¥1,250,000", "¥125,000"),
        ("evidence", "W-2026-0042", "W-2026-0043"),
    ] {
        let text = read(name);
        let changed = text.replace(from, to);
        assert_ne!(changed, text, "{name}");
        assert!(check_file(name, &changed, &keys).is_err(), "{name}");
        assert!(check_file(name, &text, &keys).is_ok(), "{name}");
    }
}
