{-# LANGUAGE DeriveGeneric, OverloadedStrings, RecordWildCards #-}
module Main (main) where

import Control.Concurrent.Async (mapConcurrently)
import Control.Monad (forM_, when)
import Control.Monad.ST (runST)
import Control.Monad.State (State, evalState, get, put)
import Data.Aeson (FromJSON, ToJSON, eitherDecode, encode)
import qualified Data.ByteString.Lazy.Char8 as Bytes
import Data.List (sortOn)
import qualified Data.Map.Strict as Map
import qualified Data.Set as Set
import Data.STRef (modifySTRef', newSTRef, readSTRef)
import qualified Data.Text as Text
import qualified Data.Text.IO as Text
import qualified Data.Vector.Unboxed as Vector
import qualified Data.Vector.Unboxed.Mutable as Mutable
import GHC.Generics (Generic)
import Text.Printf (printf)

data Order = Order
  { customer :: Text.Text
  , cents :: Int
  , tags :: [Text.Text]
  } deriving (Eq, Ord, Show, Read, Generic)

data Shape = Circle { radius :: Double } | Box { width, height :: Double } | Group { parts :: [Shape] }
  deriving (Eq, Show)

instance FromJSON Order
instance ToJSON Order

area :: Shape -> Double
area Circle {..} = pi * radius * radius
area Box {..} = width * height
area Group {..} = sum (map area parts)

primes :: Int -> Vector.Vector Int
primes limit = Vector.filter (> 0) $ Vector.create $ do
  sieve <- Vector.unsafeThaw (Vector.generate (limit + 1) (\i -> if i < 2 then 0 else i))
  forM_ (takeWhile (\i -> i * i <= limit) [2 ..]) $ \i -> do
    prime <- Mutable.read sieve i
    when (prime > 0) $ forM_ [i * i, i * i + i .. limit] $ \j -> Mutable.write sieve j 0
  pure sieve

label :: Text.Text -> State Int Text.Text
label name = do
  number <- get
  put (number + 1)
  pure (Text.pack (show number) <> ":" <> name)

total :: [Order] -> Int
total orders = runST $ do
  sum' <- newSTRef 0
  mapM_ (\order -> modifySTRef' sum' (+ cents order)) orders
  readSTRef sum'

main :: IO ()
main = do
  let text = "[{\"customer\":\"Grace\",\"cents\":1250,\"tags\":[\"a\"]},{\"customer\":\"Ada\",\"cents\":499,\"tags\":[\"b\",\"a\"]}]"
  orders <- either fail pure (eitherDecode text) :: IO [Order]
  let byCustomer = Map.fromListWith (+) [(customer order, cents order) | order <- orders]
  forM_ (sortOn (negate . snd) (Map.toList byCustomer)) $ \(name, sum') ->
    printf "%s %.2f\n" (Text.unpack name) (fromIntegral sum' / 100 :: Double)
  Text.putStrLn (Text.intercalate "," (evalState (mapM label (Set.toList (Set.fromList (concatMap tags orders)))) 1))
  sums <- mapConcurrently (pure . Vector.sum . primes) [10, 1000]
  print (sums, total orders)
  Bytes.putStrLn (encode (take 1 orders))
  print (Group [Circle 1, Box { width = 2, height = 3 }])
  printf "%.3f\n" (area (Group [Circle 1, Box 2 3]))
