//! A private authority and one certificate for this machine, for the demo. The authority's key is forgotten at once: it
//! can sign nothing else, and a new certificate means a new authority.

use inkan_protocol::ids::NumericDate;
use jiff::ToSpan as _;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, KeyPair, KeyUsagePurpose, NameConstraints, date_time_ymd,
};
use zeroize::Zeroizing;

use super::Failure;

/// PEM files of the demo.
pub(super) struct DemoCertificate {
    /// The authority, which a demo phone is told to trust.
    pub(super) authority: String,
    /// The server's certificate.
    pub(super) certificate: String,
    /// Its key.
    pub(super) key: Zeroizing<String>,
}

/// Makes them for `localhost`, `127.0.0.1` and `::1`, good for two years from `now`.
pub(super) fn make(now: NumericDate) -> Result<DemoCertificate, Failure> {
    let today = i64::try_from(now)
        .ok()
        .and_then(|now| jiff::Timestamp::from_second(now).ok())
        .map(|now| jiff::tz::TimeZone::UTC.to_datetime(now).date())
        .ok_or_else(|| Failure::failed("the clock shows no time that a certificate can hold"))?;
    let (first, last) = (today.saturating_sub(1.day()), today.saturating_add(2.years()));
    let day = |date: jiff::civil::Date| {
        date_time_ymd(
            i32::from(date.year()),
            u8::try_from(date.month()).unwrap_or(1),
            u8::try_from(date.day()).unwrap_or(1),
        )
    };

    let mut authority = CertificateParams::default();
    authority.not_before = day(first);
    authority.not_after = day(last);
    authority.distinguished_name.push(DnType::CommonName, "Inkan demo on this machine");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    authority.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![
            GeneralSubtree::DnsName("localhost".into()),
            GeneralSubtree::IpAddress(CidrSubnet::from_v4_prefix([127, 0, 0, 1], 32)),
            GeneralSubtree::IpAddress(CidrSubnet::from_v6_prefix(
                std::net::Ipv6Addr::LOCALHOST.octets(),
                128,
            )),
        ],
        excluded_subtrees: Vec::new(),
    });
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().map_err(Failure::failed)?)
        .map_err(Failure::failed)?;

    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
    let mut own = CertificateParams::new(names).map_err(Failure::failed)?;
    own.not_before = day(first);
    own.not_after = day(last);
    own.distinguished_name.push(DnType::CommonName, "localhost");
    own.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    own.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    own.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate().map_err(Failure::failed)?;
    let certificate = own.signed_by(&key, &authority).map_err(Failure::failed)?;
    Ok(DemoCertificate {
        authority: authority.pem(),
        certificate: certificate.pem(),
        key: Zeroizing::new(key.serialize_pem()),
    })
}
