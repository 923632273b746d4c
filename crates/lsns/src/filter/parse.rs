//! From words to nodes. Operators wait on a stack of their own until a weaker one comes: parentheses, however many, take no
//! recursion.

use super::error::{Fault, Reason};
use super::evaluate::Comparison;
use super::pattern::Pattern;
use super::token::{Token, Tokens};
use super::{Column, Filter, Index, Literal, MAX_LENGTH, MAX_NODES, MAX_PATTERN, Node};

/// How tightly an operator binds its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    /// An open parenthesis: nothing passes it.
    Open,
    Or,
    And,
    Not,
    Compare,
}

/// What waits for the operand on its right.
enum Waiting {
    /// The byte where it stands.
    Open(usize),
    Not,
    And(Index),
    Or(Index),
    Compare(Comparison, Index),
}

impl Waiting {
    fn strength(&self) -> Strength {
        match self {
            Waiting::Open(_) => Strength::Open,
            Waiting::Not => Strength::Not,
            Waiting::And(_) => Strength::And,
            Waiting::Or(_) => Strength::Or,
            Waiting::Compare(..) => Strength::Compare,
        }
    }
}

struct Parser<'t, C> {
    tokens: Tokens<'t>,
    nodes: Vec<Node<C>>,
    waiting: Vec<Waiting>,
    /// Where the last word starts.
    at: usize,
}

pub(super) fn parse<C: Column>(text: &[u8]) -> Result<Filter<C>, Fault> {
    if text.len() > MAX_LENGTH {
        return Err(Fault::new(MAX_LENGTH, Reason::TooLong(text.len())));
    }
    if text.iter().all(u8::is_ascii_whitespace) {
        return Ok(Filter { nodes: Vec::new(), root: None });
    }
    let mut parser = Parser { tokens: Tokens::new(text), nodes: Vec::new(), waiting: Vec::new(), at: 0 };
    let root = parser.expression()?;
    Ok(Filter { nodes: parser.nodes, root: Some(root) })
}

impl<'t, C: Column> Parser<'t, C> {
    fn expression(&mut self) -> Result<Index, Fault> {
        loop {
            let operand = self.operand()?;
            if let Some(root) = self.operator(operand)? {
                return Ok(root);
            }
        }
    }

    /// Up to the next column or literal.
    fn operand(&mut self) -> Result<Index, Fault> {
        loop {
            match self.next()? {
                Token::Open => self.waiting.push(Waiting::Open(self.at)),
                Token::Not => self.waiting.push(Waiting::Not),
                Token::Literal(literal) => return self.node(Node::Literal(literal)),
                Token::Name(name) => {
                    let unknown = || self.fault(Reason::UnknownColumn(name.to_owned()));
                    let column = C::named(name).ok_or_else(unknown)?;
                    return self.node(Node::Column(column));
                }
                _ => return Err(self.fault(Reason::OperandExpected)),
            }
        }
    }

    /// From behind an operand up to where the next one is due. At the end, the whole.
    fn operator(&mut self, mut left: Index) -> Result<Option<Index>, Fault> {
        loop {
            match self.next()? {
                Token::And => {
                    left = self.bind(Strength::And, left)?;
                    self.waiting.push(Waiting::And(left));
                    return Ok(None);
                }
                Token::Or => {
                    left = self.bind(Strength::Or, left)?;
                    self.waiting.push(Waiting::Or(left));
                    return Ok(None);
                }
                Token::Compare(comparison) => {
                    left = self.bind(Strength::Compare, left)?;
                    self.waiting.push(Waiting::Compare(comparison, left));
                    return Ok(None);
                }
                Token::Matches { negated } => {
                    let subject = self.bind(Strength::Compare, left)?;
                    let pattern = self.pattern()?;
                    left = self.node(Node::Matches { subject, pattern, negated })?;
                }
                Token::Close => {
                    left = self.bind(Strength::Or, left)?;
                    self.waiting.pop().ok_or_else(|| self.fault(Reason::Unopened))?;
                }
                Token::End => {
                    left = self.bind(Strength::Or, left)?;
                    return match self.waiting.pop() {
                        Some(Waiting::Open(at)) => Err(Fault::new(at, Reason::Unclosed)),
                        _ => Ok(Some(left)),
                    };
                }
                Token::Not | Token::Open | Token::Literal(_) | Token::Name(_) => {
                    return Err(self.fault(Reason::OperatorExpected));
                }
            }
        }
    }

    /// Gives the operand to the operators on its left that are at least so strong.
    fn bind(&mut self, strength: Strength, mut operand: Index) -> Result<Index, Fault> {
        while let Some(waiting) = self.waiting.pop_if(|waiting| waiting.strength() >= strength) {
            operand = self.node(match waiting {
                Waiting::Not => Node::Not(operand),
                Waiting::And(left) => Node::And(left, operand),
                Waiting::Or(left) => Node::Or(left, operand),
                Waiting::Compare(comparison, left) => Node::Compare(comparison, left, operand),
                Waiting::Open(_) => break,
            })?;
        }
        Ok(operand)
    }

    fn pattern(&mut self) -> Result<Pattern, Fault> {
        match self.next()? {
            Token::Literal(Literal::Text(text)) if text.len() > MAX_PATTERN => {
                Err(self.fault(Reason::PatternTooLong(text.len())))
            }
            Token::Literal(Literal::Text(text)) => {
                Pattern::new(&text).map_err(|fault| self.fault(Reason::Pattern(fault)))
            }
            _ => Err(self.fault(Reason::PatternExpected)),
        }
    }

    fn next(&mut self) -> Result<Token<'t>, Fault> {
        let (at, token) = self.tokens.next()?;
        self.at = at;
        Ok(token)
    }

    fn node(&mut self, node: Node<C>) -> Result<Index, Fault> {
        if self.nodes.len() == MAX_NODES {
            return Err(self.fault(Reason::TooManyNodes));
        }
        self.nodes.push(node);
        Ok(self.nodes.len() - 1)
    }

    fn fault(&self, reason: Reason) -> Fault {
        Fault::new(self.at, reason)
    }
}
