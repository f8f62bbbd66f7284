//! What a scanned code or an opened link is, before anything is done with it: an app has a screen of its own for each.
//!
//! Pure and total: any text has an answer, nothing is sent and nothing is kept. [`crate::authenticator`] reads links
//! through this file too, so that what is recognised here is what is taken there.

use inkan_protocol::{
    challenge::ChallengeLink,
    enrollment::{EnrollmentUri, UriError},
    ids::{ChallengeId, ServerName},
};

/// What a text is. Holds no secret: the ceremonies take the text itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// Enrolls this phone: for [`crate::authenticator::Authenticator::begin_enrollment`].
    Enrollment {
        /// The device host that is asked. A build that names its servers may refuse it.
        server: ServerName,
    },
    /// Belongs to a challenge: for [`crate::authenticator::Authenticator::open_link`].
    Challenge {
        /// The device host.
        server: ServerName,
        /// Which challenge.
        challenge: ChallengeId,
        /// How it came to the phone.
        kind: ChallengeLinkKind,
    },
    /// One of ours, of another version of the protocol: update the app.
    OtherVersion,
    /// None of ours.
    NotOurs,
}

/// How a page hands a challenge to the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeLinkKind {
    /// The page's code, scanned; it changes every five seconds.
    Scan,
    /// The page on the same phone opened the app.
    Open,
}

/// Says what a text is. White space around it does not count.
pub fn recognise(text: &str) -> Link {
    match (read_enrollment(text), read_challenge(text)) {
        (Ok(EnrollmentUri { server, .. }), _) => Link::Enrollment { server },
        (_, Ok(ChallengeLink::Scan { server, challenge, .. })) => {
            Link::Challenge { server, challenge, kind: ChallengeLinkKind::Scan }
        }
        (_, Ok(ChallengeLink::Open { server, challenge, .. })) => {
            Link::Challenge { server, challenge, kind: ChallengeLinkKind::Open }
        }
        (Err(UriError::OtherVersion), _) | (_, Err(UriError::OtherVersion)) => Link::OtherVersion,
        (Err(UriError::NotOurs), Err(UriError::NotOurs)) => Link::NotOurs,
    }
}

/// An enrollment link, as scanned or opened.
pub(crate) fn read_enrollment(text: &str) -> Result<EnrollmentUri, UriError> {
    text.trim().parse()
}

/// A challenge link, as scanned or opened.
pub(crate) fn read_challenge(text: &str) -> Result<ChallengeLink, UriError> {
    text.trim().parse()
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    const SERVER: &str = "https://auth.mirai.example";
    const CHALLENGE: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

    fn bytes(length: usize) -> String {
        inkan_protocol::encoding::encode(vec![7; length])
    }

    fn enrollment() -> String {
        let value = bytes(32);
        format!("{SERVER}/e#v=1&t={value}&s={value}&k={value}&n=7")
    }

    fn scan() -> String {
        format!("{SERVER}/c#v=1&c={CHALLENGE}&n=12&m={}", bytes(16))
    }

    fn open() -> String {
        format!("{SERVER}/c#v=1&c={CHALLENGE}&t={}", bytes(32))
    }

    fn challenge(kind: ChallengeLinkKind) -> Link {
        Link::Challenge { server: SERVER.parse().unwrap(), challenge: CHALLENGE.parse().unwrap(), kind }
    }

    #[test]
    fn each_kind_of_link_is_told_apart() {
        let server = SERVER.parse().unwrap();
        assert_eq!(recognise(&enrollment()), Link::Enrollment { server });
        assert_eq!(recognise(&scan()), challenge(ChallengeLinkKind::Scan));
        assert_eq!(recognise(&open()), challenge(ChallengeLinkKind::Open));
        for ours in [enrollment(), scan(), open()] {
            assert_eq!(recognise(&ours.replace("v=1", "v=2")), Link::OtherVersion);
            assert_eq!(recognise(&ours.replace("v=1", "v=2&z=new")), Link::OtherVersion);
            assert_eq!(recognise(&format!("\u{3000}\r\n {ours}\t\n")), recognise(&ours));
        }
    }

    #[test]
    fn what_is_not_ours_is_said_to_be_not_ours() {
        let cut = enrollment().replace("&n=7", "");
        for wrong in [
            "",
            " ",
            "https://auth.mirai.example/",
            "https://auth.mirai.example/e",
            "https://auth.mirai.example/e#",
            "otpauth://totp/x?secret=ABC",
            "WIFI:S:x;;",
            "4901234567894",
            &enrollment().replace("https", "http"),
            &enrollment().replace("https://", "inkan://"),
            &enrollment().replace("/e#", "/x#"),
            &format!("見てください {}", scan()),
            &format!("{} {}", open(), open()),
            &cut,
        ] {
            assert_eq!(recognise(wrong), Link::NotOurs, "{wrong}");
        }
    }

    /// A link of ours with some of its characters changed, or any text at all.
    pub(crate) fn texts() -> impl Strategy<Value = String> {
        let ours = prop::sample::select(vec![enrollment(), scan(), open()]);
        let changed = (ours, prop::collection::vec((any::<prop::sample::Index>(), any::<char>()), 0..3))
            .prop_map(|(text, changes)| {
                let mut characters: Vec<char> = text.chars().collect();
                for (place, character) in changes {
                    let place = place.index(characters.len());
                    characters[place] = character;
                }
                characters.into_iter().collect()
            });
        prop_oneof![changed, any::<String>(), "https://[a-z./:]{0,12}/[ec]#([vtskcnmp]=[0-9a-z]{0,3}&?){0,5}"]
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer_and_white_space_around_it_changes_none(text in texts(), around in "[ \t\r\n\u{3000}]{0,3}") {
            let answer = recognise(&text);
            prop_assert_eq!(recognise(&format!("{around}{text}{around}")), answer);
        }
    }
}
