//! Text to terms: the words that search compares, each reduced to its stem.

use std::collections::HashSet;

use rust_stemmers::{Algorithm, Stemmer};
use unicode_segmentation::UnicodeSegmentation;

/// Longer words are noise, in bytes; the longest stem in use has far fewer.
const WORD_LENGTH_MAX: usize = 64;

/// Cuts texts of one language into terms.
pub(crate) struct Words {
    stem: Stem,
    stop_words: HashSet<String>,
}

enum Stem {
    Snowball(Stemmer),
    Indonesian,
    None,
}

impl Words {
    /// The rules of a language by its code; an unknown one gets neither stemmer nor stop words.
    pub(crate) fn new(language: &str) -> Self {
        // `stop_words::get` panics at a code it does not know, so the codes are listed.
        let (stem, listed, ours): (Stem, &[&str], &str) = match language {
            "ar" => (Stem::snowball(Algorithm::Arabic), stop_words::get("ar"), ""),
            "da" => (Stem::snowball(Algorithm::Danish), stop_words::get("da"), ""),
            "de" => (Stem::snowball(Algorithm::German), stop_words::get("de"), ""),
            "el" => (Stem::snowball(Algorithm::Greek), stop_words::get("el"), ""),
            "en" => (Stem::snowball(Algorithm::English), stop_words::get("en"), ENGLISH),
            "es" => (Stem::snowball(Algorithm::Spanish), stop_words::get("es"), SPANISH),
            "fi" => (Stem::snowball(Algorithm::Finnish), stop_words::get("fi"), ""),
            "fr" => (Stem::snowball(Algorithm::French), stop_words::get("fr"), ""),
            "hu" => (Stem::snowball(Algorithm::Hungarian), stop_words::get("hu"), ""),
            "id" => (Stem::Indonesian, &[], INDONESIAN),
            "it" => (Stem::snowball(Algorithm::Italian), stop_words::get("it"), ""),
            "nl" => (Stem::snowball(Algorithm::Dutch), stop_words::get("nl"), ""),
            "no" => (Stem::snowball(Algorithm::Norwegian), stop_words::get("no"), ""),
            "pt" => (Stem::snowball(Algorithm::Portuguese), stop_words::get("pt"), ""),
            "ro" => (Stem::snowball(Algorithm::Romanian), stop_words::get("ro"), ""),
            "ru" => (Stem::snowball(Algorithm::Russian), stop_words::get("ru"), ""),
            "sv" => (Stem::snowball(Algorithm::Swedish), stop_words::get("sv"), ""),
            "tr" => (Stem::snowball(Algorithm::Turkish), stop_words::get("tr"), ""),
            _ => (Stem::None, &[], ""),
        };
        let mut stop_words = HashSet::new();
        let words = listed.iter().copied().chain(ours.split_ascii_whitespace());
        for word in words.filter(|word| !MEANINGFUL.contains(word)) {
            // A contraction is listed whole, but read as its parts.
            stop_words.extend(split(&fold(word)).map(str::to_owned));
        }
        Self { stem, stop_words }
    }

    /// The words of a folded text that carry meaning, in order and not yet stemmed.
    pub(crate) fn words<'a>(&'a self, folded: &'a str) -> impl Iterator<Item = &'a str> {
        split(folded).filter(|word| !self.is_stop_word(word))
    }

    /// Whether a folded word carries no meaning by itself.
    pub(crate) fn is_stop_word(&self, word: &str) -> bool {
        self.stop_words.contains(word)
    }

    /// The term of a folded word.
    pub(crate) fn stem(&self, word: &str) -> String {
        match &self.stem {
            Stem::Snowball(stemmer) => stemmer.stem(word).into_owned(),
            Stem::Indonesian => indonesian_stem(word).to_owned(),
            Stem::None => word.to_owned(),
        }
    }
}

impl Stem {
    fn snowball(algorithm: Algorithm) -> Self {
        Self::Snowball(Stemmer::create(algorithm))
    }
}

/// Whether a term is a code such as those in error messages, which say more than words do: "a10", "gpa1234".
pub(crate) fn is_code(term: &str) -> bool {
    term.bytes().any(|b| b.is_ascii_digit()) && term.bytes().any(|b| b.is_ascii_alphabetic())
}

/// Small letters, without the accents that people leave out when they type in a hurry, and codes in one piece ("A-10" is "a10").
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut letters_before = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '-' && letters_before == 1 && chars.peek().is_some_and(char::is_ascii_digit) {
            continue;
        }
        letters_before = if c.is_alphabetic() { letters_before + 1 } else { 0 };
        if c.is_ascii() {
            folded.push(c.to_ascii_lowercase());
        } else {
            fold_char(c, &mut folded);
        }
    }
    folded
}

fn fold_char(c: char, folded: &mut String) {
    for c in c.to_lowercase() {
        match c {
            'à'..='å' | 'ā' | 'ă' | 'ą' => folded.push('a'),
            'æ' => folded.push_str("ae"),
            'ç' | 'ć' | 'č' => folded.push('c'),
            'è'..='ë' | 'ē' | 'ę' | 'ě' => folded.push('e'),
            'ì'..='ï' | 'ī' | 'ı' => folded.push('i'),
            'ñ' | 'ń' | 'ň' => folded.push('n'),
            'ò'..='ö' | 'ø' | 'ō' | 'ő' => folded.push('o'),
            'œ' => folded.push_str("oe"),
            'ß' => folded.push_str("ss"),
            'ś' | 'š' | 'ş' => folded.push('s'),
            'ù'..='ü' | 'ū' | 'ů' | 'ű' => folded.push('u'),
            'ý' | 'ÿ' => folded.push('y'),
            'ğ' => folded.push('g'),
            'ł' => folded.push('l'),
            'ź' | 'ż' | 'ž' => folded.push('z'),
            '\u{300}'..='\u{36f}' => {} // combining accents
            '’' => folded.push('\''),
            '•' | '…' | '–' | '—' | '“' | '”' | '¿' | '¡' => folded.push(' '),
            c => folded.push(c),
        }
    }
}

/// Words of any script; "can't" is "can" and "t", and single letters are dropped.
pub(crate) fn split(folded: &str) -> impl Iterator<Item = &str> {
    // Unicode's rules are needed for scripts without spaces only, and cost ten times as much.
    let (plain, other) = if folded.is_ascii() { (folded, "") } else { ("", folded) };
    let plain = plain.split(|c: char| !c.is_ascii_alphanumeric());
    let other = other.unicode_words().flat_map(|word| word.split(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric()));
    plain.chain(other).filter(|word| word.len() > 1 && word.len() <= WORD_LENGTH_MAX)
}

/// A light stemmer for Indonesian, which the Snowball crate lacks.
///
/// It follows the order of Tala's rules (particle, possessive, prefix, suffix, second prefix) and stops while two
/// syllables are left. See [F. Z. Tala, A Study of Stemming Effects on Information Retrieval in Bahasa Indonesia].
fn indonesian_stem(word: &str) -> &str {
    let mut stem = word;
    strip_suffix(&mut stem, &["kah", "lah", "pun"]);
    strip_suffix(&mut stem, &["nya", "ku", "mu"]);
    let first = ["meng", "meny", "mem", "men", "me", "peng", "peny", "pem", "pen", "di", "ter", "ke"];
    let second = ["ber", "bel", "be", "per", "pel", "pe"];
    if strip_prefix(&mut stem, &first) {
        if strip_suffix(&mut stem, &["kan", "an", "i"]) {
            strip_prefix(&mut stem, &second);
        }
    } else {
        strip_prefix(&mut stem, &second);
        strip_suffix(&mut stem, &["kan", "an", "i"]);
    }
    stem
}

fn strip_prefix(word: &mut &str, prefixes: &[&str]) -> bool {
    strip(word, prefixes.iter().find_map(|prefix| word.strip_prefix(prefix)))
}

fn strip_suffix(word: &mut &str, suffixes: &[&str]) -> bool {
    strip(word, suffixes.iter().find_map(|suffix| word.strip_suffix(suffix)))
}

fn strip<'a>(word: &mut &'a str, rest: Option<&'a str>) -> bool {
    let syllables = |word: &str| word.bytes().filter(|b| b"aeiou".contains(b)).count();
    match rest {
        Some(rest) if syllables(rest) >= 2 && rest.len() >= 3 => {
            *word = rest;
            true
        }
        _ => false,
    }
}

/// Words that NLTK lists and that matter here: "the server is down".
const MEANINGFUL: &[&str] = &["down"];

/// Words that open, close or colour a request for help; NLTK's list knows only grammar.
const ENGLISH: &str = "aint also anybody anyone anything app apps arent back bro can cannot cant come comes could couldnt didnt doesnt \
    dont else even ever everyone find fine first found game get gets getting give go goes going good got guys happen \
    happened happening hello help hey hi however im instead isnt ive keep keeps know let like lot made make many may \
    maybe might much must need never new nice no nothing ok okay one please pls plz possible problem put question \
    quite really right said say says see seem seems since sir somebody someone something sorry still sure take tell \
    thank thanks thing things think today tried try trying two us use used using want wanted wants wasnt way well \
    went whats whenever without wont work worked working works would wouldnt yes yet";

const SPANISH: &str = "alguien algun alguna ayuda ayudar bien buenas buenos cada como cosa cual cuando dar dias dice favor gracias hace \
    hacer hago hola juego necesito por porfa problema puede pueden puedo quiero saber sale ser si solo tardes tengo \
    ver vez";

/// Short on purpose: NLTK's Indonesian list holds words such as "bertanya" and "kembali", which people search by.
const INDONESIAN: &str = "ada adalah agar aja akan aku anda apa apakah atau bagaimana bang banget banyak baru begini begitu belum bisa \
    bisakah boleh buat cara caranya coba dan dapat dari deh dengan di dong dulu ga gak gimana gue hai halo hanya \
    harus ini itu itulah jadi jika juga kak kalau kalo kami karena kasih ke kenapa kepada kita kok lagi lah lalu \
    lebih makasih mana masalah masih mau mengapa mereka min mohon ngga nggak nih oleh pada para permainan saat saja \
    sampai sangat saya sebagai sebuah sedang sekali selalu semua seperti serta setiap siapa sih sudah supaya tak \
    tapi tentang terima tetap tetapi tidak tolong udah untuk walaupun ya yang yg";

#[cfg(test)]
mod tests {
    use super::*;

    fn check(language: &str, text: &str, expected: &[&str]) {
        let words = Words::new(language);
        let folded = fold(text);
        let terms: Vec<String> = words.words(&folded).map(|word| words.stem(word)).collect();
        assert_eq!(terms, expected, "{text}");
    }

    #[test]
    fn english_words_are_stemmed_and_small_talk_is_dropped() {
        check("en", "Hi, why can’t I trade? TRADING / trades!", &["trade", "trade", "trade"]);
        check("en", "Please help me, I don't know what to do", &[]);
        check("en", "refunds for purchases", &["refund", "purchas"]);
        check("en", "Error A-10, wi-fi, a10", &["error", "a10", "wi", "fi", "a10"]);
    }

    #[test]
    fn accents_may_be_left_out() {
        let words = Words::new("es");
        for (with, without) in [("sesión", "sesion"), ("contraseña", "contrasena"), ("suspensión", "suspension")] {
            assert_eq!(words.stem(&fold(with)), words.stem(without));
        }
        check("fr", "L’abonnement", &["abon"]);
    }

    #[test]
    fn indonesian_affixes_come_off() {
        let check = |word: &str, expected: &str| assert_eq!(indonesian_stem(word), expected, "{word}");
        check("membeli", "beli");
        check("pembelian", "beli");
        check("akunku", "akun");
        check("akunnya", "akun");
        check("dibayar", "bayar");
        check("hilang", "hilang");
        check("bermain", "main");
        check("peta", "peta");
    }

    #[test]
    fn other_scripts_and_noise_do_no_harm() {
        check("en", "🎉🎉 ✨", &[]);
        check("en", "' OR 1=1; --", &[]);
        check("en", &"x".repeat(1_000), &[]);
        check("en", "مرحبا بالعالم", &["مرحبا", "بالعالم"]);
        check("xx", "Ça marche", &["ca", "marche"]);
    }

    #[test]
    fn every_listed_language_has_its_list() {
        for language in
            ["ar", "da", "de", "el", "en", "es", "fi", "fr", "hu", "id", "it", "nl", "no", "pt", "ro", "ru", "sv", "tr"]
        {
            assert!(!Words::new(language).stop_words.is_empty(), "{language}");
        }
    }
}
