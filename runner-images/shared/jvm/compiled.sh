# Builds /opt/runonce/$name for a language that compiles programs: the compile step, the options of the compiler and
# of programs, and two ahead-of-time caches with the classes that a run of each loads. The setup.sh that sources this
# file must set:
#   name       name of the language: kotlin
#   libraries  class path of the libraries for programs
#   training   the programs to compile, the main program first
#   main       the class to run, in the package runonce.training. Its jar precedes the program's classes on the class
# path, so its classes hide classes of the program with the same name.
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
