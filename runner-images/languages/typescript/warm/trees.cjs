'use strict'
// Decides from a file's syntax tree whether its JavaScript can be written without the types of the libraries. In a
// few cases, the type of a name decides whether the name appears in the JavaScript. If such a case is possible, the
// result is false.
//
// Source: dist/api/node/protocol.js and dist/enums/syntaxKind.enum.js in the npm package typescript of the same
// release.

const NODE_BYTES = 28
const LIST = 0xffffffff
const [LOW_LITERAL, HIGH_LITERAL] = [8, 14]
const RELATIVE = /^\.\.?(\/|$)/
const Kind = {
  StringLiteral: 10,
  Identifier: 79,
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
  VariableStatement: 244,
  VariableDeclaration: 261,
  VariableDeclarationList: 262,
  FunctionDeclaration: 263,
  ClassDeclaration: 264,
  EnumDeclaration: 267,
  ModuleDeclaration: 268,
  ImportEqualsDeclaration: 272,
  ImportDeclaration: 273,
  ExportAssignment: 278,
  ExportDeclaration: 279,
  ExportSpecifier: 282,
  EnumMember: 306,
  SourceFile: 307
}
/** Nodes that always need the libraries. */
const NEEDY = new Set([Kind.Decorator, Kind.ModuleDeclaration, Kind.ImportEqualsDeclaration])
/**
 * Besides literals, the nodes that may follow `export default`. They are not types and do not contain the name of a
 * type.
 */
const VALUES = new Set([
  LIST, Kind.ArrayLiteralExpression, Kind.ObjectLiteralExpression, Kind.CallExpression, Kind.NewExpression, Kind.FunctionExpression, Kind.ArrowFunction,
  Kind.PrefixUnaryExpression, Kind.BinaryExpression, Kind.TemplateExpression, Kind.ClassExpression
])
/** Besides literals, the nodes allowed in the value of an enum member. They do not contain names. */
const ARITHMETIC = new Set([Kind.PrefixUnaryExpression, Kind.BinaryExpression, Kind.ParenthesizedExpression])
/** The names in these declarations are values, regardless of the content of the libraries. */
const DECLARATIONS = new Set([Kind.VariableDeclaration, Kind.FunctionDeclaration, Kind.ClassDeclaration])
const AROUND_DECLARATIONS = new Set([LIST, Kind.VariableDeclarationList, Kind.VariableStatement])

/** @param {Buffer} tree the syntax tree of a file, as the compiler sends it */
function standsAlone (tree) {
  const read = reader(tree)
  const own = new Set()
  const exported = []
  const fromFiles = new Set()
  const named = new Uint8Array(read.count)
  const computed = new Uint8Array(read.count)
  for (let node = 1; node < read.count; node++) {
    const kind = read.kind(node)
    const parent = read.parent(node)
    const parentKind = read.kind(parent)
    const isName = named[parent] === 0 && kind < Kind.SourceFile && !isSign(kind)
    if (isName) named[parent] = 1
    computed[node] = computed[parent] | (parentKind === Kind.EnumMember && !isName)
    if (NEEDY.has(kind)) return false
    if (computed[node] && !isSign(kind) && !isLiteral(kind) && !ARITHMETIC.has(kind)) return false
    if (kind === Kind.ConstKeyword && read.kind(read.parent(parent)) === Kind.EnumDeclaration) return false
    if (parentKind === Kind.ExportAssignment && kind !== Kind.Identifier && !isLiteral(kind) && !VALUES.has(kind)) return false
    if (parentKind === Kind.ExportDeclaration && kind === Kind.StringLiteral) {
      if (!RELATIVE.test(read.text(node))) return false
      fromFiles.add(parent)
    }
    if (kind !== Kind.Identifier || !isName) continue
    if (parentKind === Kind.ExportAssignment) exported.push([parent, read.name(node)])
    if (parentKind === Kind.ExportSpecifier) exported.push([enclosing(read, parent, Kind.ExportDeclaration), read.name(node)])
    if (DECLARATIONS.has(parentKind) && isAtTop(read, parent)) own.add(read.name(node))
  }
  return exported.every(([statement, name]) => fromFiles.has(statement) || own.has(name))
}

function isSign (kind) {
  return kind > HIGH_LITERAL && kind < Kind.Identifier
}

function enclosing (read, node, kind) {
  while (read.kind(node) !== kind && node > 1) node = read.parent(node)
  return node
}

function isAtTop (read, declaration) {
  let node = read.parent(declaration)
  while (AROUND_DECLARATIONS.has(read.kind(node))) node = read.parent(node)
  return read.kind(node) === Kind.SourceFile
}

function isLiteral (kind) {
  return kind >= LOW_LITERAL && kind <= HIGH_LITERAL
}

/** Checks that the numbers above have the expected meaning. sample.ts contains one node of each kind. */
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
  const string = (index) => tree.toString('utf8', strings + view.getUint32(offsets + index * 4, true), strings + view.getUint32(offsets + index * 4 + 4, true))
  return {
    count: (view.byteLength - nodes) / NODE_BYTES,
    kind: (node) => field(node, 0),
    parent: (node) => field(node, 16),
    /** An identifier's. */
    name: (node) => string(field(node, 20) & 0xffffff),
    /** A string literal's. */
    text: (node) => string(view.getUint32(extended + (field(node, 20) & 0xffffff), true))
  }
}

module.exports = { standsAlone, isUnderstood }
