import { Duplex } from 'node:stream'

export type { Duplex }

/** Two streams, each of which reads what the other writes, as the two ends of a socket do: the first as a client's. */
export function duplexPair (): [Duplex, Duplex] {
  const a: Duplex = end(() => b, false)
  const b: Duplex = end(() => a, true)
  return [a, b]
}

function end (other: () => Duplex, allowHalfOpen: boolean): Duplex {
  return new Duplex({
    allowHalfOpen,
    read () {},
    write (chunk, _encoding, done) {
      other().push(chunk)
      done()
    },
    final (done) {
      other().push(null)
      done()
    }
  })
}
