# The compile step's program, and ahead-of-time caches of the classes that the compiler and programs load, taken from a run of each.
jvm=/opt/runonce/shared/jvm
dir=/opt/runonce/scala
mkdir -p $dir /tmp/work
cd /opt/runonce/maven
libraries=$($jvm/classpath "$PWD"/scala-library-*.jar)
compiler=$($jvm/classpath $jvm/main-class.jar $dir/compile.jar "$PWD"/*.jar)
cd /opt/runonce/language
$jvm/javac -cp "$compiler" -d /tmp/classes Compile.java
$jvm/jar --create --file $dir/compile.jar -C /tmp/classes .

cp Training.scala Style.scala /tmp/work/
cd /tmp/work
java @$jvm/compiler.options -XX:AOTCacheOutput=$dir/compiler.aot -Drunonce.libraries="$libraries" -cp "$compiler" Compile Training.scala Style.scala
$jvm/jar --create --file $dir/training.jar -C .runonce/classes .
echo 1 | java @$jvm/program.options -XX:AOTCacheOutput=$dir/program.aot -cp "$libraries:$dir/training.jar" training

printf '%s\n' "-XX:AOTCache=$dir/compiler.aot" "-Drunonce.libraries=$libraries" -cp "$compiler" > $dir/compiler.options
printf '%s\n' "-XX:AOTCache=$dir/program.aot" -cp "$libraries:$dir/training.jar:.runonce/classes:." > $dir/program.options
printf '%s\n' "-XX:AOTCache=$dir/program.aot" -cp "$libraries:$dir/training.jar:." > $dir/scala.options
printf '%s\n' "$libraries" > $dir/libraries
ln -s /opt/runonce/language/bin/* /usr/local/bin/
chmod -R a+rX $dir
