module Factorial (factorial) where

import Language.Haskell.TH

factorial :: Integer -> Q Exp
factorial n = litE (integerL (product [1 .. n]))
