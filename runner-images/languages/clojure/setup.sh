# An ahead-of-time cache of the classes that Clojure and programs load, taken from a run.
jvm=/opt/runonce/shared/jvm
dir=/opt/runonce/clojure
mkdir -p $dir
classpath=$($jvm/classpath /opt/runonce/maven/*.jar)
cp training.clj /tmp/
cd /tmp
printf '1\n2\n' | java @$jvm/program.options -XX:AOTCacheOutput=$dir/clojure.aot -cp "$classpath" clojure.main training.clj
printf '%s\n' "-XX:AOTCache=$dir/clojure.aot" -cp "$classpath:.:src" > $dir/options
ln -s /opt/runonce/language/bin/clj /usr/local/bin/clj
ln -s /opt/runonce/language/bin/clj /usr/local/bin/clojure
chmod -R a+rX $dir
