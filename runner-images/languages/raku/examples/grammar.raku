grammar Sum {
  token TOP { <number>+ % [\s* '+' \s*] }
  token number { \d+ }
}
say Sum.parse('1 + 2 + 3')<number>.sum, ' ⊂ ', 'π';
