# Fills every file system that it can write to, removes the files of the program, and denies access to the remaining
# files.
echo before
rm -rf /work/* /work/.[!.]* 2> /dev/null
for folder in /dev/shm /tmp /work; do
  mkdir "$folder/d"
  for i in 1 2 3 4 5 6 7 8 9; do mkdir -p "$folder/d/$i/$i/$i"; : > "$folder/d/$i/$i/$i/file"; done
  for i in {1..500}; do : > "$folder/$i"; done
  head -c 20000000 /dev/zero > "$folder/big" 2> /dev/null
  chmod -R 000 "$folder"/* 2> /dev/null
done
cd /tmp
echo after
