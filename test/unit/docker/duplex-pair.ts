import { Duplex } from 'node:stream'

export type { Duplex }

/** Returns two connected streams, like the two ends of a socket. The first stream is the end of the client. */
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
