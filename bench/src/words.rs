//! Text that is distributed as text is: a few words are everywhere, most are rare.

/// A small generator of numbers that is the same everywhere (Marsaglia's xorshift64*).
pub struct Dice(u64);

impl Dice {
    /// A generator that begins with a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % limit.max(1)
    }

    /// A number between 0 and 1.
    fn unit(&mut self) -> f64 {
        self.below(1 << 53) as f64 / (1u64 << 53) as f64
    }
}

/// How many different words there are.
const VOCABULARY: f64 = 30_000.0;

/// The word of a rank.
pub fn word(rank: u64) -> String {
    const SYLLABLES: &[&str] = &[
        "ka", "to", "mi", "re", "su", "la", "vo", "ne", "pi", "du", "ser", "ver", "mail", "post", "net", "arv", "kon",
        "fil", "dom", "en", "ist", "use", "lik", "tus", "ing", "er", "ta", "ha", "li", "on", "bro", "ken",
    ];
    let (mut rest, mut out) = (rank + 7, String::new());
    while rest > 0 {
        out.push_str(SYLLABLES[(rest % SYLLABLES.len() as u64) as usize]);
        rest /= SYLLABLES.len() as u64;
    }
    out
}

/// A rank by Zipf's law.
fn rank(dice: &mut Dice) -> u64 {
    VOCABULARY.powf(dice.unit()) as u64
}

/// A text of so many words.
pub fn text(dice: &mut Dice, words: u64) -> String {
    let words: Vec<_> = (0..words).map(|_| word(rank(dice))).collect();
    words.join(" ")
}

/// Two words for a search: neither everywhere nor nowhere.
pub fn query(dice: &mut Dice) -> String {
    format!("{}%20{}", word(20 + dice.below(500)), word(20 + dice.below(500)))
}
