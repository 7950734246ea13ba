import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.kotlin.cli.common.ExitCode;
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler;

/**
 * Compiles the Kotlin files in its arguments, the main file first, into .runonce/classes, and writes the name of the
 * main class to .runonce/main.
 */
public class Compile {
    public static void main(String[] files) throws Exception {
        Path out = Path.of(".runonce");
        var arguments = new ArrayList<>(List.of("-no-stdlib", "-no-reflect", "-cp", System.getProperty("runonce.libraries"), "-d", out.resolve("classes").toString(), "--"));
        arguments.addAll(List.of(files));
        ExitCode code = new K2JVMCompiler().exec(System.err, arguments.toArray(String[]::new));
        if (code != ExitCode.OK) System.exit(code.getCode());
        MainClass.write(out, List.of(files), "MainKt");
    }
}
