{-# LANGUAGE OverloadedStrings #-}
module Main (main) where

import Control.Monad.State
import Data.List.Split (splitOn)
import qualified Data.Map.Strict as Map
import qualified Data.Text as Text
import qualified Data.Text.IO as Text

main :: IO ()
main = do
  Text.putStrLn (Text.append "grö" "ßer")
  print (Map.fromList (zip ["a" :: String, "b"] [1 :: Int ..]))
  print (splitOn "," "1,2")
  print (execState (mapM_ (\n -> modify (+ n)) [1 .. 3 :: Int]) 0)
