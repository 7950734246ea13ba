package runonce;

import com.sun.source.util.JavacTask;
import com.sun.tools.javac.api.JavacTaskPool;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The Java part of the warm interpreter. warm.c calls it in a separate thread. The compiler keeps Java's own classes,
 * which it has read (JavacTaskPool), and discards the training program.
 */
public final class Warm {
    private static final String TRAINING = "/opt/runonce/java/Training.java";
    /**
     * The first round reads Java's classes; the second compiles as for the real program. More rounds delay the start
     * by more than they save.
     */
    private static final int ROUNDS = 2;
    /** Matches the name of this package, because a program that uses it could access these classes. */
    private static final Pattern OURS = Pattern.compile("\\brunonce\\s*[.;]");

    /**
     * The plain command compiles the files in the order of the payload, which affects messages and the choice of the
     * main class. The warm interpreter knows the order only for this number of files, because the main file is the
     * first.
     */
    private static final int ORDERED = 2;

    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
    private static JavacTaskPool pool = new JavacTaskPool(1);
    private static StandardJavaFileManager files = COMPILER.getStandardFileManager(null, null, null);

    private Warm() { }

    /** Compiles and runs the training program, and deletes its files. */
    static void train() throws Exception {
        Path folder = Files.createDirectories(Compile.TRAINING);
        try {
            Compile.writeTo(folder, files);
            for (int round = 0; round < ROUNDS; round++) {
                if (compilePooled(List.of(new Variant(round))) == null) throw new IllegalStateException("the training program doesn't compile");
            }
            try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
                loader.loadClass("runonce.training0.Training").getMethod("main", String[].class).invoke(null, (Object) new String[0]);
            }
        } finally {
            Compile.deleteFolder(folder);
        }
        System.gc();
    }

    /**
     * Compiles the program of a frame, which consists of NUL-terminated strings: the name of the main file and the
     * arguments.
     * @return the name of the main class, the arguments and the class path; null if the program does not compile,
     * with the messages on stderr
     * @throws IllegalStateException if the result of the plain commands would or could be different
     */
    static Object[] compile(byte[] frame) throws IOException {
        String[] strings = new String(frame, StandardCharsets.UTF_8).split("\0", -1);
        List<String> names = sources(strings[0]);
        for (String name : names) {
            if (OURS.matcher(Files.readString(Path.of(name))).find()) throw new IllegalStateException(name + " uses the package of the warm interpreter");
        }
        Compile.writeTo(Files.createDirectories(Compile.CLASSES), files);
        var messages = new StringWriter();
        List<Compile.Source> sources = names.stream().map(Compile.Source::new).toList();
        Compile.Main main = compilePooled(sources);
        if (main == null) main = compileAnew(sources, messages);
        boolean ordered = names.size() <= ORDERED || main != null && main.file() == 0 && messages.toString().isEmpty();
        if (!ordered) throw new IllegalStateException("the result depends on the order of the files in the payload");
        System.err.print(messages);
        System.err.flush();
        pool = null;
        files = null;
        if (main == null) return null;
        Compile.writeMain(main);
        String[] arguments = Arrays.copyOfRange(strings, 1, strings.length - 1);
        System.setProperty("java.class.path", Compile.CLASS_PATH);
        System.setProperty("sun.java.command", main.name() + Stream.of(arguments).map(argument -> " " + argument).collect(Collectors.joining()));
        return new Object[] {main.name(), arguments, Compile.CLASS_PATH};
    }

    /**
     * Compiles with the pooled state. Returns null if the compiler has any message, because only a new compiler
     * prints it exactly as the plain command does.
     */
    private static Compile.Main compilePooled(List<? extends JavaFileObject> sources) {
        var compile = new Compile(sources);
        var output = new PrintWriter(Writer.nullWriter());
        var messages = new ArrayList<Diagnostic<?>>();
        Compile.Main main = pool.getTask(output, files, messages::add, Compile.OPTIONS, null, sources, task -> compile.call(task, output));
        return messages.isEmpty() ? main : null;
    }

    private static Compile.Main compileAnew(List<? extends JavaFileObject> sources, StringWriter messages) {
        var compile = new Compile(sources);
        var output = new PrintWriter(messages);
        return compile.call((JavacTask) COMPILER.getTask(output, files, null, Compile.OPTIONS, null, sources), output);
    }

    /**
     * The training program in a different package for each round, because the compiler handles a known class
     * differently from a new one.
     */
    private static final class Variant extends SimpleJavaFileObject {
        private final String text;

        Variant(int round) throws IOException {
            super(URI.create("training:///Training.java"), Kind.SOURCE);
            text = Files.readString(Path.of(TRAINING)).replaceFirst("runonce.training", "runonce.training" + round);
        }

        @Override public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /** Returns the main file, followed by the other Java files of the work directory. */
    private static List<String> sources(String main) throws IOException {
        List<String> names = new ArrayList<>(List.of(main));
        try (Stream<Path> paths = Files.walk(Path.of(""))) {
            paths.map(Path::toString).filter(name -> name.endsWith(".java") && !name.equals(main)).forEach(names::add);
        }
        return names;
    }
}
