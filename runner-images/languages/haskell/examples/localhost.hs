import Control.Concurrent
import Network.Socket
import System.IO

main :: IO ()
main = do
  let hints = defaultHints { addrSocketType = Stream, addrFamily = AF_INET }
  address : _ <- getAddrInfo (Just hints) (Just "localhost") (Just "0")
  server <- socket AF_INET Stream defaultProtocol
  bind server (addrAddress address)
  listen server 1
  port <- socketPort server
  done <- newEmptyMVar
  _ <- forkIO $ do
    (client, _) <- accept server
    stream <- socketToHandle client ReadWriteMode
    line <- hGetLine stream
    hPutStrLn stream (reverse line)
    hClose stream
    putMVar done ()
  peer : _ <- getAddrInfo (Just hints) (Just "localhost") (Just (show port))
  client <- socket AF_INET Stream defaultProtocol
  connect client (addrAddress peer)
  stream <- socketToHandle client ReadWriteMode
  hPutStrLn stream "pu"
  hFlush stream
  hGetLine stream >>= putStrLn
  takeMVar done
