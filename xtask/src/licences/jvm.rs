//! The libraries of the APK that come from Maven. Their archives carry no licence file (but JNA's, which names the
//! licences), so the standard text goes along, with the copyright lines of their sources and poms.

use std::{collections::BTreeSet, fs, path::Path};

use super::{LicencesError, Package, texts};
use crate::process::Workspace;

const POM: &str = "android/app/pom.xml";

/// Where a version stands.
enum Version {
    /// A property of the app's pom.
    Property(&'static str),
    /// Comes with another one.
    Fixed(&'static str),
}

struct Artifact {
    name: &'static str,
    version: Version,
    /// In `target/runtime` of the app. JNA comes as an AAR, and libffi within it.
    is_jar: bool,
    licence: &'static str,
    source: &'static str,
    holders: &'static [&'static str],
}

const ARTIFACTS: &[Artifact] = &[
    Artifact {
        name: "annotations",
        version: Version::Fixed("13.0"),
        is_jar: true,
        licence: "Apache-2.0",
        source: "https://github.com/JetBrains/intellij-community",
        holders: &["Copyright JetBrains s.r.o."],
    },
    Artifact {
        name: "core",
        version: Version::Property("zxing.version"),
        is_jar: true,
        licence: "Apache-2.0",
        source: "https://github.com/zxing/zxing",
        holders: &[
            "ZXing: Copyright (C) 2010 ZXing authors",
            "Barcode4J: Copyright 2002-2010 Jeremias Märki",
            "Barcode4J: Copyright 2005-2006 Dietmar Bürkle",
        ],
    },
    Artifact {
        name: "jna",
        version: Version::Property("jna.version"),
        is_jar: false,
        licence: "Apache-2.0",
        source: "https://github.com/java-native-access/jna",
        holders: &["Java Native Access: Timothy Wall, Matthias Bläsing and contributors"],
    },
    Artifact {
        name: "kotlin-stdlib",
        version: Version::Property("kotlin.version"),
        is_jar: true,
        licence: "Apache-2.0",
        source: "https://github.com/JetBrains/kotlin",
        holders: &[
            "Copyright JetBrains s.r.o. and Kotlin Programming Language contributors",
            "Derived from GWT: (C) 2007-08 Google Inc.",
            "Derived from Guava's UnsignedLongs: (C) 2011 The Guava Authors",
            "Derived from boost special math functions: Copyright Eric Ford & Hubert Holin 2001",
        ],
    },
    Artifact {
        name: "kotlinx-coroutines-core-jvm",
        version: Version::Property("coroutines.version"),
        is_jar: true,
        licence: "Apache-2.0",
        source: "https://github.com/Kotlin/kotlinx.coroutines",
        holders: &["kotlinx.coroutines library. Copyright 2016-2025 JetBrains s.r.o and contributors"],
    },
    Artifact {
        name: "libffi, in jna",
        version: Version::Property("jna.version"),
        is_jar: false,
        licence: "MIT",
        source: "https://github.com/libffi/libffi",
        holders: &[
            "libffi - Copyright (c) 1996-2025 Anthony Green, Red Hat, Inc and others. See source files for details.",
        ],
    },
];

pub(super) fn packages(workspace: &Workspace) -> Result<Vec<Package>, LicencesError> {
    let pom = read_pom(workspace)?;
    let package = |artifact: &Artifact| {
        Ok(Package {
            name: artifact.name.to_owned(),
            version: artifact.version(&pom)?,
            licence: artifact.licence.to_owned(),
            source: Some(artifact.source.to_owned()),
            holders: artifact.holders.iter().map(|line| (*line).to_owned()).collect(),
            texts: spdx::license_id(artifact.licence).map(texts::standard).into_iter().collect(),
        })
    };
    ARTIFACTS.iter().map(package).collect()
}

/// What the APK was made of must be what the licences name: a new library has to come here first.
pub(crate) fn check_runtime(workspace: &Workspace) -> Result<(), LicencesError> {
    let pom = read_pom(workspace)?;
    let folder = workspace.root.join("android/app/target/runtime");
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(&folder).map_err(LicencesError::file(&folder))? {
        found.insert(entry.map_err(LicencesError::file(&folder))?.file_name().to_string_lossy().into_owned());
    }
    compare(&pom, found)
}

fn compare(pom: &str, found: BTreeSet<String>) -> Result<(), LicencesError> {
    let mut named = BTreeSet::new();
    for artifact in ARTIFACTS.iter().filter(|artifact| artifact.is_jar) {
        named.insert(format!("{}-{}.jar", artifact.name, artifact.version(pom)?));
    }
    let found: BTreeSet<_> = found.into_iter().filter(|name| !name.starts_with("inkan-")).collect();
    if found == named {
        return Ok(());
    }
    Err(LicencesError::OtherJars { found: found.into_iter().collect(), named: named.into_iter().collect() })
}

impl Artifact {
    fn version(&self, pom: &str) -> Result<String, LicencesError> {
        match self.version {
            Version::Fixed(version) => Ok(version.to_owned()),
            Version::Property(property) => {
                let after = pom.split_once(&format!("<{property}>")).map(|(_, after)| after);
                let version =
                    after.and_then(|after| after.split_once('<')).map(|(version, _)| version.to_owned());
                version.ok_or(LicencesError::NoVersion { file: POM, property })
            }
        }
    }
}

fn read_pom(workspace: &Workspace) -> Result<String, LicencesError> {
    let path: &Path = &workspace.root.join(POM);
    fs::read_to_string(path).map_err(LicencesError::file(path))
}

#[cfg(test)]
mod tests {
    use super::compare;

    #[test]
    fn another_library_in_the_apk_is_refused() {
        let pom = "<kotlin.version>2</kotlin.version><zxing.version>3</zxing.version><coroutines.version>1</coroutines.version>";
        let jars = [
            "annotations-13.0.jar",
            "core-3.jar",
            "kotlin-stdlib-2.jar",
            "kotlinx-coroutines-core-jvm-1.jar",
        ];
        let found = |more: &[&str]| jars.iter().chain(more).map(|name| (*name).to_owned()).collect();
        compare(pom, found(&["inkan-screens-0.1.0.jar"])).unwrap();
        assert!(compare(pom, found(&["other-1.jar"])).unwrap_err().to_string().contains("other-1.jar"));
        assert!(
            compare(&pom.replace(">3<", ">4<"), found(&[])).unwrap_err().to_string().contains("core-4.jar")
        );
        assert!(compare("", found(&[])).unwrap_err().to_string().contains("has no property"));
    }
}
