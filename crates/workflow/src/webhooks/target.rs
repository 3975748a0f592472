//! Where webhooks may reach: everywhere but into the desk's own network. A name is looked up once, every address that it
//! has is checked, and the call goes to what was checked, so that a name can't change its address in between.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::mpsc;
use std::time::Duration;

use ureq::http::Uri;

/// The longest wait for an answer to "which addresses has this name".
const PATIENCE: Duration = Duration::from_secs(5);

/// The longest address of a webhook, in bytes.
const LONGEST: usize = 2_048;

/// What the operator lets webhooks reach within the desk's own network; a part of the app. Each is an address, a network
/// such as `10.1.0.0/16`, or a host name.
#[derive(Clone, Debug, Default)]
pub struct AllowedTargets(Vec<Allowed>);

#[derive(Clone, Debug)]
enum Allowed {
    Network(IpAddr, u32),
    Host(String),
}

impl AllowedTargets {
    /// Reads addresses, networks and host names.
    ///
    /// # Errors
    /// A sentence that names the one that is none of these.
    pub fn parse<'a>(list: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        list.into_iter().map(Allowed::parse).collect::<Result<_, _>>().map(Self)
    }

    fn has(&self, host: &str, address: IpAddr) -> bool {
        self.0.iter().any(|allowed| match allowed {
            Allowed::Network(network, bits) => same_network(*network, address.to_canonical(), *bits),
            Allowed::Host(name) => name.eq_ignore_ascii_case(host),
        })
    }
}

impl Allowed {
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not an address, a network (10.1.0.0/16) or a host name");
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        if let Ok(address) = address.parse::<IpAddr>() {
            let most = if address.is_ipv4() { 32 } else { 128 };
            let bits = bits.map_or(Ok(most), str::parse).map_err(|_| wrong())?;
            return if bits <= most { Ok(Self::Network(address, bits)) } else { Err(wrong()) };
        }
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        let fits = bits.is_none() && !text.is_empty() && text.chars().all(is_name);
        if fits { Ok(Self::Host(text.to_owned())) } else { Err(wrong()) }
    }
}

fn same_network(network: IpAddr, address: IpAddr, bits: u32) -> bool {
    let number = |ip: IpAddr| match ip {
        IpAddr::V4(ip) => u128::from(u32::from(ip)) << 96,
        IpAddr::V6(ip) => u128::from(ip),
    };
    let mask = if bits == 0 { 0 } else { u128::MAX << (128 - bits) };
    network.is_ipv4() == address.is_ipv4() && number(network) & mask == number(address) & mask
}

/// Why a target can't be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is not an address that webhooks may have.
    Wrong(String),
    /// It lies in the desk's own network.
    Internal,
    /// The name has no address, or nobody knows now.
    Unknown,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Wrong(problem) => f.write_str(problem),
            Self::Internal => f.write_str("is an internal address, which webhooks may not call"),
            Self::Unknown => f.write_str("the host name has no address"),
        }
    }
}

/// Reads an endpoint: `http` or `https`, a host, no user name. A written-out internal address is refused at once; names
/// are looked up when they are called.
pub(crate) fn parse(endpoint: &str, allowed: &AllowedTargets) -> Result<Uri, Refused> {
    let wrong = |problem: &str| Err(Refused::Wrong(problem.to_owned()));
    if endpoint.len() > LONGEST {
        return wrong("is too long");
    }
    let Ok(uri) = endpoint.parse::<Uri>() else { return wrong("is not a URL") };
    let (Some("http" | "https"), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return wrong("must begin with https:// or http://");
    };
    if authority.as_str().contains('@') {
        return wrong("must not hold a user name; use authentication");
    }
    if authority.host().is_empty() {
        return wrong("has no host");
    }
    let host = bare(authority.host());
    match host.parse::<IpAddr>() {
        Ok(address) if !may_call(host, address, allowed) => Err(Refused::Internal),
        _ => Ok(uri),
    }
}

/// A host without the brackets of IPv6.
fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

fn may_call(host: &str, address: IpAddr, allowed: &AllowedTargets) -> bool {
    is_public(address) || allowed.has(host, address)
}

/// The addresses of an endpoint, each of which may be called. Blocks.
pub(crate) fn resolve(uri: &Uri, allowed: &AllowedTargets) -> Result<Vec<SocketAddr>, Refused> {
    let host = bare(uri.host().unwrap_or_default()).to_owned();
    let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("http") { 80 } else { 443 });
    let (give, take) = mpsc::channel();
    let asked = (host.clone(), port);
    // The system's look-up knows no time limit; one that never ends leaves a thread behind and holds nobody up.
    std::thread::spawn(move || {
        let found = asked.to_socket_addrs().map(Iterator::collect::<Vec<_>>).unwrap_or_default();
        let _ = give.send(found);
    });
    let found = take.recv_timeout(PATIENCE).unwrap_or_default();
    if found.is_empty() {
        return Err(Refused::Unknown);
    }
    // One internal address among several is one too many: the next look-up may give only that.
    if found.iter().all(|address| may_call(&host, address.ip(), allowed)) { Ok(found) } else { Err(Refused::Internal) }
}

/// Whether an address is one of the public Internet, by the special-purpose registries of
/// [IANA](https://www.iana.org/assignments/iana-ipv4-special-registry/) (RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_documentation()
        || matches!(
            (a, b, c),
            (0 | 224..=255, ..) | (100, 64..=127, _) | (192, 0, 0) | (192, 88, 99) | (198, 18 | 19, _)
        );
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let s = address.segments();
    let v4 = |high: u16, low: u16| is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match s {
        // IPv4 within IPv6: mapped, translated (RFC 6052), 6to4.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => v4(high, low),
        [0x2002, high, low, ..] => v4(high, low),
        // Teredo, documentation, benchmarks, ORCHID.
        [0x2001, 0 | 2 | 0xdb8, ..] | [0x2001, 0x10..=0x2f, ..] | [0x3fff, ..=0xfff, ..] => false,
        // Only this eighth is given out: not loopback, unique local (fc00::/7), link-local (fe80::/10), multicast.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        let internal = [
            "127.0.0.1",
            "127.9.9.9",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "0.1.2.3",
            "100.64.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:a00:1::",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "3fff::1",
        ];
        for text in internal {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        for text in
            ["1.1.1.1", "172.32.0.1", "100.128.0.1", "8.8.8.8", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
        {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn written_out_internal_addresses_are_refused_in_every_spelling() {
        let none = AllowedTargets::default();
        for url in
            ["http://127.0.0.1/", "http://[::1]:8080/x", "https://[::ffff:10.0.0.1]/", "http://169.254.169.254/latest"]
        {
            assert_eq!(parse(url, &none).err(), Some(Refused::Internal), "{url}");
        }
        for url in ["ftp://a.test/", "a.test", "http://", "https://u:p@a.test/", "https://a b/", "http:///x", "/x"] {
            assert!(matches!(parse(url, &none), Err(Refused::Wrong(_))), "{url}");
        }
        assert!(parse("https://hooks.example/a?b=c", &none).is_ok());
    }

    #[test]
    fn names_of_internal_addresses_are_refused_when_they_are_looked_up() {
        let none = AllowedTargets::default();
        // The system reads these as 127.0.0.1, whatever they look like.
        for url in ["http://localhost:1/", "http://2130706433/", "http://0x7f.1/", "http://127.1/"] {
            let uri = parse(url, &none).unwrap();
            let refused = resolve(&uri, &none).unwrap_err();
            assert!(matches!(refused, Refused::Internal | Refused::Unknown), "{url}: {refused:?}");
        }
        let allowed = AllowedTargets::parse(["localhost"]).unwrap();
        assert!(resolve(&parse("http://localhost:1/", &allowed).unwrap(), &allowed).is_ok());
    }

    #[test]
    fn the_operator_opens_networks_and_names() {
        let allowed = AllowedTargets::parse(["10.1.0.0/16", "::1", "crm.intranet"]).unwrap();
        assert!(parse("http://10.1.2.3/", &allowed).is_ok());
        assert!(parse("http://[::ffff:10.1.2.3]/", &allowed).is_ok());
        assert!(parse("http://[::1]/", &allowed).is_ok());
        assert_eq!(parse("http://10.2.0.1/", &allowed).err(), Some(Refused::Internal));
        for wrong in ["10.0.0.0/33", "a b", "", "x/8"] {
            assert!(AllowedTargets::parse([wrong]).is_err(), "{wrong}");
        }
    }
}
