maven=/opt/runonce/maven
name=kotlin training='Training.kt hello.kt' main=runonce.training.TrainingKt
libraries=$(/opt/runonce/shared/jvm/classpath $maven/kotlin-stdlib-*.jar $maven/kotlin-reflect-*.jar $maven/kotlinx-coroutines-*.jar)
. /opt/runonce/shared/jvm/compiled.sh

# kotlinc's own.
printf '%s\n' -no-stdlib -no-reflect -cp "$libraries" > $dir/kotlinc.arguments
