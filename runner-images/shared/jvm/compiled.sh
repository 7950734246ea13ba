# Makes /opt/runonce/$name of a language whose programs are compiled first, at its image's build: the compile step's program, the
# options of the compiler and of programs, and ahead-of-time caches of the classes that each loads, taken from a run of it. The
# setup.sh that reads this has set:
#   name       the language's: kotlin
#   libraries  class path of what programs may use
#   training   the programs that are compiled, the main one first
#   main       the class that is run, in the package runonce.training: its jar comes before the program's own classes on the class
#              path, and a class there hides the program's of the same name
jvm=/opt/runonce/shared/jvm
dir=/opt/runonce/$name
mkdir -p $dir /tmp/work
compiler=$($jvm/classpath $jvm/main-class.jar $dir/compile.jar /opt/runonce/maven/*.jar)
$jvm/javac -cp "$compiler" -d /tmp/classes Compile.java
$jvm/jar --create --file $dir/compile.jar -C /tmp/classes .

cp $training /tmp/work/
cd /tmp/work
java @$jvm/compiler.options -XX:AOTCacheOutput=$dir/compiler.aot -Drunonce.libraries="$libraries" -cp "$compiler" Compile $training
$jvm/jar --create --file $dir/training.jar -C .runonce/classes runonce
echo 1 | java @$jvm/program.options -XX:AOTCacheOutput=$dir/program.aot -cp "$libraries:$dir/training.jar" $main
cd - > /dev/null

printf '%s\n' "-XX:AOTCache=$dir/compiler.aot" "-Drunonce.libraries=$libraries" -cp "$compiler" > $dir/compiler.options
printf '%s\n' "-XX:AOTCache=$dir/program.aot" -cp "$libraries:$dir/training.jar:.runonce/classes:." > $dir/program.options
printf '%s\n' "-XX:AOTCache=$dir/program.aot" -cp "$libraries:$dir/training.jar:." > $dir/$name.options
ln -s /opt/runonce/language/bin/* /usr/local/bin/
chmod -R a+rX $dir
