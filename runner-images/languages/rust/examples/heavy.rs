use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet, VecDeque};
use std::cmp::Reverse;
use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::hash::Hash;
use std::iter::{Peekable, Sum};
use std::ops::{Add, Index, IndexMut, Mul};
use std::str::{Chars, FromStr};
use std::sync::{Arc, Mutex, RwLock, mpsc};
use std::thread;

trait Number: Copy + Default + Add<Output = Self> + Mul<Output = Self> + Sum + Display {}
impl<T: Copy + Default + Add<Output = T> + Mul<Output = T> + Sum + Display> Number for T {}

#[derive(Clone, Debug, PartialEq)]
struct Matrix<T, const ROWS: usize, const COLUMNS: usize> {
    cells: [[T; COLUMNS]; ROWS],
}

impl<T: Number, const R: usize, const C: usize> Default for Matrix<T, R, C> {
    fn default() -> Self {
        Self { cells: [[T::default(); C]; R] }
    }
}

impl<T, const R: usize, const C: usize> Index<(usize, usize)> for Matrix<T, R, C> {
    type Output = T;
    fn index(&self, (row, column): (usize, usize)) -> &T {
        &self.cells[row][column]
    }
}

impl<T, const R: usize, const C: usize> IndexMut<(usize, usize)> for Matrix<T, R, C> {
    fn index_mut(&mut self, (row, column): (usize, usize)) -> &mut T {
        &mut self.cells[row][column]
    }
}

impl<T: Number, const R: usize, const M: usize, const C: usize> Mul<&Matrix<T, M, C>> for &Matrix<T, R, M> {
    type Output = Matrix<T, R, C>;
    fn mul(self, other: &Matrix<T, M, C>) -> Matrix<T, R, C> {
        let mut product = Matrix::default();
        for row in 0..R {
            for column in 0..C {
                product[(row, column)] = (0..M).map(|i| self[(row, i)] * other[(i, column)]).sum();
            }
        }
        product
    }
}

#[derive(Debug)]
enum ParseError {
    Unexpected(char),
    End,
    Number(std::num::ParseFloatError),
}

impl Display for ParseError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unexpected(found) => write!(out, "unexpected {found:?}"),
            Self::End => write!(out, "unexpected end"),
            Self::Number(error) => write!(out, "{error}"),
        }
    }
}

impl Error for ParseError {}

#[derive(Clone, Debug)]
enum Expression {
    Value(f64),
    Binary(Box<Expression>, char, Box<Expression>),
}

impl Expression {
    fn value(&self) -> f64 {
        match self {
            Self::Value(value) => *value,
            Self::Binary(left, operator, right) => match operator {
                '+' => left.value() + right.value(),
                '-' => left.value() - right.value(),
                '*' => left.value() * right.value(),
                _ => left.value() / right.value(),
            },
        }
    }
}

impl FromStr for Expression {
    type Err = ParseError;
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let compact: String = text.split_whitespace().collect();
        let mut rest = compact.chars().peekable();
        let sum = parse_chain(&mut rest, &['+', '-'], &|rest| parse_chain(rest, &['*', '/'], &parse_atom))?;
        rest.next().map_or(Ok(sum), |found| Err(ParseError::Unexpected(found)))
    }
}

type Parser<'a> = &'a dyn Fn(&mut Peekable<Chars>) -> Result<Expression, ParseError>;

fn parse_chain(rest: &mut Peekable<Chars>, operators: &[char], part: Parser) -> Result<Expression, ParseError> {
    let mut left = part(rest)?;
    while let Some(operator) = rest.next_if(|next| operators.contains(next)) {
        left = Expression::Binary(Box::new(left), operator, Box::new(part(rest)?));
    }
    Ok(left)
}

fn parse_atom(rest: &mut Peekable<Chars>) -> Result<Expression, ParseError> {
    let mut digits = String::new();
    while let Some(digit) = rest.next_if(|next| next.is_ascii_digit() || *next == '.') {
        digits.push(digit);
    }
    match rest.peek() {
        _ if !digits.is_empty() => digits.parse().map(Expression::Value).map_err(ParseError::Number),
        Some(found) => Err(ParseError::Unexpected(*found)),
        None => Err(ParseError::End),
    }
}

struct Graph<N> {
    edges: HashMap<N, Vec<(N, u32)>>,
}

impl<N: Copy + Eq + Hash + Ord + Debug> Graph<N> {
    fn new(edges: impl IntoIterator<Item = (N, N, u32)>) -> Self {
        let mut graph = Self { edges: HashMap::new() };
        for (from, to, length) in edges {
            graph.edges.entry(from).or_default().push((to, length));
            graph.edges.entry(to).or_default().push((from, length));
        }
        graph
    }

    fn distances(&self, start: N) -> BTreeMap<N, u32> {
        let mut found = BTreeMap::new();
        let mut queue = BinaryHeap::from([Reverse((0, start))]);
        while let Some(Reverse((distance, node))) = queue.pop() {
            if found.contains_key(&node) {
                continue;
            }
            found.insert(node, distance);
            queue.extend(self.edges[&node].iter().map(|&(next, length)| Reverse((distance + length, next))));
        }
        found
    }

    fn reachable(&self, start: N) -> usize {
        let mut seen = HashSet::from([start]);
        let mut queue = VecDeque::from([start]);
        while let Some(node) = queue.pop_front() {
            queue.extend(self.edges[&node].iter().map(|&(next, _)| next).filter(|&next| seen.insert(next)));
        }
        seen.len()
    }
}

fn word_counts(texts: Vec<String>) -> Vec<(String, usize)> {
    let counts = Arc::new(Mutex::new(HashMap::<String, usize>::new()));
    let longest = Arc::new(RwLock::new(String::new()));
    let (sender, receiver) = mpsc::channel();
    let threads: Vec<_> = texts
        .into_iter()
        .map(|text| {
            let (counts, longest, sender) = (Arc::clone(&counts), Arc::clone(&longest), sender.clone());
            thread::spawn(move || {
                for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
                    *counts.lock().unwrap().entry(word.to_lowercase()).or_insert(0) += 1;
                    let longer = word.len() > longest.read().unwrap().len();
                    if longer {
                        *longest.write().unwrap() = word.to_string();
                    }
                }
                sender.send(text.len()).unwrap();
            })
        })
        .collect();
    drop(sender);
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    let bytes: usize = receiver.iter().sum();
    println!("{bytes} bytes, longest {:?}", longest.read().unwrap());
    let mut sorted: Vec<_> = counts.lock().unwrap().clone().into_iter().collect();
    sorted.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    sorted
}

fn main() -> Result<(), Box<dyn Error>> {
    let left = Matrix { cells: [[1, 2, 3], [4, 5, 6]] };
    let right = Matrix { cells: [[1, 0], [0, 1], [2, 2]] };
    println!("{:?}", (&left * &right).cells);
    println!("{}", "1 + 2 * 3 - 8 / 4".parse::<Expression>()?.value());
    println!("{}", "1 + x".parse::<Expression>().unwrap_err());
    let graph = Graph::new([("a", "b", 7), ("b", "c", 1), ("a", "c", 3), ("c", "d", 2)]);
    println!("{:?} {}", graph.distances("a"), graph.reachable("d"));
    let counts = word_counts(vec!["The cat and the dog".into(), "the end, and more".into()]);
    println!("{:?}", counts.iter().take(2).collect::<Vec<_>>());
    Ok(())
}
