'use strict'
// Whether a file's JavaScript can be made without the libraries' types, by its syntax tree. In few places a name's type decides
// whether the name stands in the JavaScript; where it could, the answer is no.
// Source: the npm package typescript, dist/api/node/protocol.js and dist/enums/syntaxKind.enum.js of the same release.

const NODE_BYTES = 28
const LIST = 0xffffffff
const [LOW_LITERAL, HIGH_LITERAL, HIGH_TOKEN] = [8, 14, 78]
const RELATIVE = /^\.\.?(\/|$)/
const Kind = {
  StringLiteral: 10,
  ConstKeyword: 86,
  Decorator: 171,
  ArrayLiteralExpression: 210,
  ObjectLiteralExpression: 211,
  CallExpression: 214,
  NewExpression: 215,
  ParenthesizedExpression: 218,
  FunctionExpression: 219,
  ArrowFunction: 220,
  PrefixUnaryExpression: 225,
  BinaryExpression: 227,
  TemplateExpression: 229,
  ClassExpression: 232,
  EnumDeclaration: 267,
  ModuleDeclaration: 268,
  ImportEqualsDeclaration: 272,
  ImportDeclaration: 273,
  ExportAssignment: 278,
  ExportDeclaration: 279,
  EnumMember: 306
}
/** They need the libraries wherever they stand. */
const NEEDY = new Set([Kind.Decorator, Kind.ModuleDeclaration, Kind.ImportEqualsDeclaration])
/** What `export default` may be followed by: no name, which could be a type's. */
const VALUES = new Set([
  LIST, Kind.ArrayLiteralExpression, Kind.ObjectLiteralExpression, Kind.CallExpression, Kind.NewExpression, Kind.FunctionExpression, Kind.ArrowFunction,
  Kind.PrefixUnaryExpression, Kind.BinaryExpression, Kind.TemplateExpression, Kind.ClassExpression
])
/** What an enum's member may be, beside literals: it is computed from nothing that has a name. */
const ARITHMETIC = new Set([Kind.PrefixUnaryExpression, Kind.BinaryExpression, Kind.ParenthesizedExpression])

/** @param {Buffer} tree a file's, as the compiler sends it */
function standsAlone (tree) {
  const read = reader(tree)
  const [NOTHING, NAMED, IN_INITIALIZER] = [0, 1, 2]
  const marks = new Uint8Array(read.count)
  let unnamedExports = 0
  let libraries = 0
  for (let node = 1; node < read.count; node++) {
    const kind = read.kind(node)
    const parent = read.parent(node)
    const parentKind = read.kind(parent)
    if (NEEDY.has(kind)) return false
    if (kind === Kind.ConstKeyword && read.kind(read.parent(parent)) === Kind.EnumDeclaration) return false
    if (parentKind === Kind.ExportAssignment && !isLiteral(kind) && !VALUES.has(kind)) return false
    if (parentKind === Kind.EnumMember && marks[parent] === NOTHING) marks[parent] = NAMED
    else if (parentKind === Kind.EnumMember || marks[parent] === IN_INITIALIZER) marks[node] = IN_INITIALIZER
    if (marks[node] === IN_INITIALIZER && kind > HIGH_TOKEN && !ARITHMETIC.has(kind)) return false
    if (kind === Kind.ExportDeclaration) unnamedExports++
    if (kind !== Kind.StringLiteral) continue
    if (parentKind === Kind.ImportDeclaration && !RELATIVE.test(read.text(node))) libraries++
    if (parentKind !== Kind.ExportDeclaration) continue
    if (!RELATIVE.test(read.text(node))) return false
    unnamedExports--
  }
  // Names are exported that may have come from a library.
  return unnamedExports === 0 || libraries === 0
}

function isLiteral (kind) {
  return kind >= LOW_LITERAL && kind <= HIGH_LITERAL
}

/** Whether the numbers above mean what they say: sample.ts has one of each. */
function isUnderstood (sample) {
  const read = reader(sample)
  const found = new Set()
  for (let node = 1; node < read.count; node++) found.add(read.kind(node))
  return Object.values(Kind).every((kind) => found.has(kind))
}

function reader (tree) {
  const view = new DataView(tree.buffer, tree.byteOffset, tree.byteLength)
  const [offsets, strings, extended, , nodes] = [24, 28, 32, 36, 40].map((at) => view.getUint32(at, true))
  const field = (node, at) => view.getUint32(nodes + node * NODE_BYTES + at, true)
  return {
    count: (view.byteLength - nodes) / NODE_BYTES,
    kind: (node) => field(node, 0),
    parent: (node) => field(node, 16),
    /** Of a string literal. */
    text (node) {
      const index = view.getUint32(extended + (field(node, 20) & 0xffffff), true)
      return tree.toString('utf8', strings + view.getUint32(offsets + index * 4, true), strings + view.getUint32(offsets + index * 4 + 4, true))
    }
  }
}

module.exports = { standsAlone, isUnderstood }
