-- Flushes stdout when the time limit ends the program: the runner sends SIGRTMAX, waits for a short time, and kills
-- the remaining processes. The runtime calls the handler in a new thread at the next safe point of the program. A
-- program that handles the signal itself keeps its own handler.
module RunonceFlush (install) where

import Control.Exception (finally)
import Control.Monad (void)
import Data.Dynamic (toDyn)
import Foreign.C.Types (CInt (..))
import Foreign.Ptr (Ptr, nullPtr)
import GHC.Conc.Signal (setHandler)
import System.IO (hFlush, stdout)

-- The function of the runtime behind installHandler of the package unix, which not every program links. Source:
-- rts/posix/Signals.c.
foreign import ccall unsafe "stg_sig_install" sigInstall :: CInt -> CInt -> Ptr () -> IO CInt
foreign import ccall unsafe "raise" raise :: CInt -> IO CInt
foreign import ccall unsafe "fflush" flushStdio :: Ptr () -> IO CInt

install :: IO ()
install = do
    void (setHandler sigrtmax (Just (const flushAndEnd, toDyn flushAndEnd)))
    void (sigInstall sigrtmax callHandler nullPtr)

flushAndEnd :: IO ()
flushAndEnd = (hFlush stdout >> void (flushStdio nullPtr)) `finally` raise sigkill

sigrtmax, sigkill, callHandler :: CInt
sigrtmax = 64
sigkill = 9
callHandler = -4
